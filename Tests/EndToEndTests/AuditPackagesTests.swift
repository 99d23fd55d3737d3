// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("An audit with the packages themselves")
struct AuditPackagesTests {
    @Test("It finds what was altered together with its record; an audit of the records does not")
    func findsForgedRecords() async throws {
        let world = try await Self.world()
        try forge("share/hello.txt", Array("evil\n".utf8), in: world)
        #expect(try await world.must("audit", "--prefix", "env").output.contains("no problem found"))
        let report = try await world.run("audit", "--prefix", "env", "--packages", "--json")
        #expect(try Self.problems(report) == ["share/hello.txt": "audit.differs-from-package"])
        #expect(report.status == 3)
    }

    @Test(
        "Placeholders, entry points, links and noarch sources of a prefix as it was installed agree with the packages"
    )
    func agreesWithInstallation() async throws {
        let world = try await Self.world()
        for extra in [[], ["--cache", "empty"]] {
            let result = try await world.must(["audit", "--prefix", "env", "--packages"] + extra)
            #expect(result.output.contains("compared with the package itself, file by file: 3"))
        }
        #expect(world.exists("env/bin/tool"))
        // Unpacked packages lie in a folder with a random name, and are gone afterwards.
        for cache in ["cache", "empty"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: world.path + "/" + cache)
            #expect(names.contains("sha256"))
            #expect(!names.contains { $0.contains("kingsnake-unpacked") }, "\(names)")
        }
    }

    @Test("A record that borrows another package's URL is not vouched for by it")
    func refusesBorrowedURLs() async throws {
        let world = try await Self.world()
        try rewriteRecord(of: "hello-1.0-0", in: world) { record in
            record["url"] = .string(world.url + "/noarch/tool-1.0-0.conda")
        }
        let report = try await world.run("audit", "--prefix", "env", "--json")
        #expect(try Self.problems(report) == ["conda-meta/hello-1.0-0.json": "audit.differs-from-index"])
    }

    /// A prefix with a program, a stand-in for Python, and a noarch package with an entry point.
    private static func world() async throws -> ChannelWorld {
        var python = PackageBuilder(name: "python", version: "3.12.1", build: "0", subdir: "linux-64")
        python.add(file: "bin/python3.12", "#!/bin/sh\n", executable: true)
        var tool = PackageBuilder(name: "tool", version: "1.0", build: "0", subdir: "noarch")
        tool.noarch = .python
        tool.entryPoints = ["tool = tool.main:run"]
        tool.add(file: "site-packages/tool/main.py", "def run(): pass\n")
        let packages = [PackageBuilder.hello(), python, tool]
        let world = try await ChannelWorld.pinned(with: packages)
        try await world.must(["install", "--prefix", "env"] + packages.map(world.packageURL))
        return world
    }

    private static func problems(_ result: ProgramResult) throws -> [String: String] {
        var found: [String: String] = [:]
        for problem in try result.json()["problems"]?.array ?? [] {
            found[problem.object?["path"]?.string ?? ""] = problem.object?["code"]?.string
        }
        return found
    }

    /// Replaces a file, and makes the package's record agree with it.
    private func forge(_ path: String, _ bytes: [UInt8], in world: ChannelWorld) throws {
        try FileManager.default.removeItem(atPath: world.path + "/env/" + path)
        try world.write(bytes, to: "env/" + path)
        try rewriteRecord(of: "hello-1.0-0", in: world) { record in
            guard var data = record["paths_data"]?.object, let paths = data["paths"]?.array else { return }
            data["paths"] = .array(
                paths.map { element in
                    guard var entry = element.object, entry["_path"] == .string(path) else { return element }
                    entry["sha256"] = .string(Digest.of(bytes).hex)
                    entry["sha256_in_prefix"] = .string(Digest.of(bytes).hex)
                    entry["size_in_bytes"] = .number(JSONNumber(Int64(bytes.count)))
                    return .object(entry)
                }
            )
            record["paths_data"] = .object(data)
        }
    }

    private func rewriteRecord(
        of package: String,
        in world: ChannelWorld,
        _ change: (inout JSONObject) -> Void
    ) throws {
        let name = "env/conda-meta/\(package).json"
        var record = try #require(try JSONReader.read(world.read(name), of: name).object)
        change(&record)
        try world.write(JSONWriter.encode(.object(record)), to: name)
    }
}
