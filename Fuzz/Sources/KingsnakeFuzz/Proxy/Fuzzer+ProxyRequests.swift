// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// What a proxy is asked for; lines are the target, the field `Host`, and the field `Authorization`.
    static let proxyTargets = Fuzzer("proxy-targets") { bytes in
        let lines = InputParts(bytes).lines(3)
        func line(_ number: Int) -> String? { number < lines.count ? lines[number] : nil }
        let target = line(0) ?? ""
        checkSecrets(target)
        checkShown(ProxyTarget.shown(target: target))
        let login = try ProxyLogin(field: line(2))
        let place = try place()
        guard case .file(let address) = try ProxyTarget(target, host: line(1), login: login, at: place) else {
            return
        }
        check(address)
        // By the path that clients with mirrors are told it is the same channel and the same file.
        guard let path = ProxyAddress.path(of: address.channel) else {
            Finding.report("`\(address.channel)` is a channel on a disk")
        }
        guard let again = try Finding.accepted({ try ask(path + "/" + spelled(address.file), place) }) else {
            // What is the proxy itself, as a channel, is refused as a loop.
            return Finding.unless(
                place.isSelf(String(path.split(separator: "/")[2])),
                "`\(path)` is made and not understood"
            )
        }
        Finding.unlessEqual(again.channel.identity, address.channel.identity, "the channel by its path")
        Finding.unlessEqual(again.file, address.file, "the file by its path")
    }

    private static func place() throws -> ProxyPlace {
        ProxyPlace(
            host: "127.0.0.1",
            port: 8085,
            hostNames: ["proxy.example.org"],
            names: ["lab": try ChannelURL("https://lab.example.org/x/lab")]
        )
    }

    private static func ask(_ target: String, _ place: ProxyPlace) throws -> ProxyAddress {
        guard case .file(let address) = try ProxyTarget(target, host: "127.0.0.1", login: nil, at: place)
        else {
            Finding.report("`\(target)` is something of the proxy’s own")
        }
        return address
    }

    private static func spelled(_ file: ProxiedFile) -> String {
        file.name.split(separator: "/").map { PercentEncoding.segment($0) }.joined(separator: "/")
    }

    private static func check(_ address: ProxyAddress) {
        Finding.unless(PlainRules.staysInside(address.file.name), "`\(address.file.name)` leaves the channel")
        checkShown(address.description)
        let text = address.channel.textWithCredentials
        Finding.unless(
            ["http://", "https://"].contains { text.hasPrefix($0) },
            "`\(address.channel)` is not asked over the web"
        )
    }

    private static func checkShown(_ text: String) {
        Finding.unless(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a log line breaks")
    }

    /// Neither a password nor a token is shown, wherever it stands.
    private static func checkSecrets(_ text: String) {
        guard !text.utf8.contains(UInt8(ascii: "%")) else { return }
        let secret = "this-is-the-secret"
        let targets = [
            "http://me:\(secret)@h/\(text)", "http://h/t/\(secret)/\(text)", "/t/\(secret)/\(text)",
        ]
        for target in targets {
            var shown = [ProxyTarget.shown(target: target)]
            do {
                let login = try ProxyLogin(field: "Basic " + Base64.text("me:" + secret))
                for login in [nil, login] {
                    let meant = try ProxyTarget(target, host: "localhost", login: login, at: place())
                    if case .file(let address) = meant { shown.append(address.description) }
                }
            } catch {
                shown.append("\(error)")
            }
            for text in shown { Finding.unless(!text.contains(secret), "a secret is in `\(text)`") }
        }
    }

    /// A proxy's settings: within their ranges, and with paths in the folder or absolute.
    static let proxySettings = Fuzzer("proxy-settings") { bytes in
        var settings = try ProxySettings(parsing: bytes, of: "input", in: "/folder")
        Finding.unless((0...65_535).contains(settings.port), "the port \(settings.port)")
        for path in [settings.policy, settings.cache].compactMap({ $0 }) {
            Finding.unless(path.utf8.first == UInt8(ascii: "/"), "`\(path)` is nowhere")
        }
        let limits = settings.limits
        Finding.unless(limits.connections > 0 && limits.stallSeconds > 0, "a limit of nothing")
        for channel in settings.channels {
            Finding.unless(
                (0...channel.compared.count).contains(channel.agreeing),
                "more mirrors are to agree than there are"
            )
        }
        settings.nameChannels()
        let names = settings.names
        settings.nameChannels()
        Finding.unlessEqual(settings.names, names, "the names that were given twice")
        for (name, url) in names {
            Finding.unless(PlainRules.isName(name), "`\(name)` is no name of a channel")
            Finding.unless(!ProxySettings.reservedNames.contains(name), "`\(name)` is the proxy’s own")
            Finding.unless(settings.channels.contains { $0.url == url }, "`\(name)` is no channel")
        }
    }
}

extension Base64 {
    fileprivate static func text(_ text: String) -> String {
        String(decoding: encode(Array(text.utf8)), as: UTF8.self)
    }
}
