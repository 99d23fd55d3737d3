// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// Keeps `deploy/` true: by what the program says of itself, and by the programs that read those files, where they are.
@Suite("What is in deploy/")
struct DeploymentTests {
    private static let folder = SharedData.checkout + "/deploy"

    private static func read(_ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    private static func isPresent(_ program: String) -> Bool {
        SystemProgram.isPresent(program)
            || FileManager.default.isExecutableFile(atPath: "/usr/sbin/" + program)
    }

    @Test("Every option that a unit or the container gives is one that its command has")
    func options() async throws {
        let world = try ChannelWorld()
        let serve = try await world.must("help", "serve").output
        let backup = try await world.must("help", "server", "backup").output
        let proxy = try await world.must("help", "proxy").output
        let unit = try Self.read("kingsnake.service")
        let commands: [(text: String, help: String)] = [
            (try #require(unit.firstMatch(of: /ExecStart=(.*)/)).1.description, serve),
            (try #require(unit.firstMatch(of: /ExecStartPre=(.*)/)).1.description, serve),
            (try #require(unit.firstMatch(of: /add to ExecStart: (.*)/)).1.description, serve),
            (
                try #require(try Self.read("Containerfile").firstMatch(of: /ENTRYPOINT (.*)/)).1.description,
                serve
            ),
            (
                try #require(
                    try Self.read("kingsnake-backup.service").firstMatch(
                        of: /kingsnake (server backup [^;]*)/
                    )
                )
                .1.description, backup
            ),
            (
                try #require(try Self.read("kingsnake-proxy.service").firstMatch(of: /ExecStart=(.*)/)).1
                    .description, proxy
            ),
            (
                try #require(try Self.read("README.md").firstMatch(of: /kingsnake proxy (--config[^`]*)/)).1
                    .description, proxy
            ),
        ]
        var count = 0
        for (text, help) in commands {
            for option in text.matches(of: /--[a-z-]+/).map({ String($0.0) }) {
                count += 1
                #expect(help.contains(option), "\(option) in: \(text)")
            }
        }
        #expect(count >= 16)
    }

    @Test("The proxy reads the settings that are there for it, and stops when it is told to")
    func proxySettings() async throws {
        let world = try ChannelWorld()
        try world.write(Array(try Self.read("proxy.json").utf8), to: "proxy.json")
        let running = try await world.program.start([
            "proxy", "--config", "proxy.json", "--listen", "127.0.0.1:0", "--json",
        ])
        #expect(running.announcement["channels"]?.array?.count == 1)
        #expect(await running.stop() == 0)
    }

    @Test(
        "Services are given more time to stop than they take, and more files than connections",
        arguments: ["kingsnake.service", "kingsnake-proxy.service"]
    )
    func limits(unit name: String) throws {
        let unit = try Self.read(name)
        let stop = try #require(unit.firstMatch(of: /TimeoutStopSec=([0-9]+)/).flatMap { Int($0.1) })
        let files = try #require(unit.firstMatch(of: /LimitNOFILE=([0-9]+)/).flatMap { Int($0.1) })
        #expect(stop > ServerLimits().drainSeconds && files > 2 * ServerLimits().connections)
    }

    @Test(
        "systemd understands the units, and finds them exposed to little",
        .enabled(if: isPresent("systemd-analyze"), "systemd-analyze is not installed")
    )
    func units() async throws {
        let world = try ChannelWorld()
        let services = ["kingsnake.service", "kingsnake-backup.service", "kingsnake-proxy.service"]
        for name in services + ["kingsnake-backup.timer"] {
            // The program is where it was built.
            let text = try Self.read(name)
                .replacing("/usr/local/bin/kingsnake", with: Program.buildFolder + "/kingsnake")
            try world.write(Array(text.utf8), to: "units/" + name)
        }
        let verified = try await world.program.runScript("cd units; systemd-analyze verify ./kingsnake*")
        #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified.transcript)")
        for name in services {
            let secure = try await world.program.runScript(
                "systemd-analyze security --offline=true --threshold=15 units/\(name)"
            )
            #expect(secure.status == 0, "\(secure.transcript)")
        }
    }

    @Test(
        "Prometheus understands the alerts",
        .enabled(if: isPresent("promtool"), "promtool is not installed (Debian: prometheus)")
    )
    func alerts() async throws {
        let world = try ChannelWorld()
        let result = try await world.program.runScript("promtool check rules '\(Self.folder)/alerts.yml'")
        #expect(result.status == 0, "\(result.transcript)")
    }

    @Test(
        "Caddy understands its file",
        .enabled(if: isPresent("caddy"), "caddy is not installed")
    )
    func caddy() async throws {
        let world = try ChannelWorld()
        let result = try await world.program.runScript(
            "caddy validate --adapter caddyfile --config '\(Self.folder)/Caddyfile'"
        )
        #expect(result.status == 0, "\(result.transcript)")
    }

    @Test(
        "Behind nginx packages are uploaded, chunked too, downloaded whole and in ranges, and metrics are not shown",
        .enabled(
            if: isPresent("nginx") && isPresent("openssl") && isPresent("curl"),
            "nginx, openssl or curl is not installed"
        )
    )
    func nginx() async throws {
        let world = try await ServerWorld()
        let package = PackageBuilder.hello("1.0", files: 300)
        let name = package.fileName(.conda)
        let bytes = try package.build(.conda)
        try world.folder.write(bytes, to: name)
        let port = try FreePort.take()
        let site = try Self.read("nginx.conf")
            .replacing("listen 443 ssl http2", with: "listen 127.0.0.1:\(port) ssl http2")
            .replacing("127.0.0.1:8080", with: "127.0.0.1:\(world.port)")
            .replacing("/etc/ssl/channels.pem", with: world.folder.path + "/tls.pem")
            .replacing("/etc/ssl/private/channels.key", with: world.folder.path + "/tls.key")
            .replacing("/var/log/nginx/channels.error.log", with: world.folder.path + "/site.log")
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(world.folder.path)/\($0);"
        }
        let user = getuid() == 0 ? "user root;" : ""
        let whole = """
            \(user) daemon on; pid \(world.folder.path)/nginx.pid; error_log \(world.folder.path)/nginx.log;
            events {}
            http {
                \(temporary.joined(separator: "\n    "))
                access_log off;
                \(site)
            }
            """
        try world.folder.write(Array(whole.utf8), to: "nginx.conf")
        let script = """
            PATH=$PATH:/usr/sbin
            openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.pem -days 2 -subj /CN=localhost 2> /dev/null
            nginx -t -q -c "$PWD/nginx.conf" -e "$PWD/nginx.log"
            nginx -c "$PWD/nginx.conf" -e "$PWD/nginx.log"
            trap 'kill "$(cat nginx.pid)"' EXIT
            at="https://127.0.0.1:\(port)"
            ask() { curl --silent --show-error --insecure --max-time 60 "$@"; }
            auth="Authorization: Bearer \(world.keys["alice"] ?? "")"
            # Without a length: as a sender that does not know it yet.
            ask -H "$auth" -H "Transfer-Encoding: chunked" -T - "$at/main/linux-64/\(name)" < \(name) -o answer -w '%{http_code}\\n'
            ask -H "$auth" -T \(name) "$at/main/linux-64/\(name)" -o answer -w '%{http_code}\\n'
            ask "$at/main/linux-64/\(name)" -o whole -w '%{http_code} %{size_download}\\n'
            cmp whole \(name)
            ask -r 5-24 "$at/main/linux-64/\(name)" -o part -w '%{http_code} %{size_download}\\n'
            ask -I "$at/main/linux-64/\(name)" | tr -d '\\r' | grep -i -E '^(etag|cache-control|accept-ranges):' | sort
            ask "$at/metrics" -o none -w '%{http_code}\\n'
            ask "$at/health/ready"
            ! grep -r -e '/t/' -e Bearer site.log nginx.log
            """
        let result = try await world.program.runScript(script)
        let lines = result.output.split(separator: "\n").map { $0.lowercased() }
        #expect(result.status == 0, "\(result.transcript)")
        #expect(
            lines == [
                "201", "200", "200 \(bytes.count)", "206 20", "accept-ranges: bytes",
                "cache-control: public, max-age=31536000, immutable",
                "etag: \"\(Digest.of(bytes).hex)\"", "404", "ready",
            ],
            "\(result.transcript)"
        )
    }
}
