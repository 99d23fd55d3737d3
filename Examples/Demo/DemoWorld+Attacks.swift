// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import TrustCore

extension DemoWorld {
    private static let package = url + "/linux-64/hello-1.1-0.conda"

    /// Verifies a package over one mirror, and answers the refusal's code.
    ///
    /// - Parameter keepingTrust: whether to go on with what the user has seen before; otherwise a user who
    ///   has pinned the root and knows nothing else is asked.
    func refusal(
        servedFrom directory: String,
        keepingTrust: Bool = false,
        script: @escaping LoopbackServer.Script = { _ in .normal }
    ) async throws -> String? {
        let server = try await LoopbackServer.start(serving: directory, script: script)
        let home = keepingTrust ? folder + "/home" : try freshHome()
        let result = try kingsnake.runBlocking([
            "verify", Self.package, "--mirror", server.url, "--home", home, "--cache",
            try emptyFolder("attack-cache"),
            "--json",
        ])
        await server.stop()
        return result.refusalCode
    }

    /// Freeze: a channel whose timestamp lives for a second, served for ever.
    func refusalByExpiredTimestamp() async throws -> String? {
        let frozen = folder + "/channel-frozen"
        try copy(channel, to: frozen)
        try copy(keys, to: folder + "/keys-short")
        let settings = folder + "/keys-short/channel.json"
        let text = String(decoding: try read(settings), as: UTF8.self)
        try write(Array(text.replacing("\"timestamp\": 86400", with: "\"timestamp\": 1").utf8), to: settings)
        _ = try kingsnake.runBlocking([
            "channel", "sign", frozen, "--all", "--keys", folder + "/keys-short", "--passphrase-file",
            passphrase,
        ])
        try await Task.sleep(for: .seconds(2))
        return try await refusal(servedFrom: frozen)
    }

    /// Another channel, made by somebody else, at the address of the pinned one.
    func refusalOfForeignChannel() async throws -> String? {
        let foreign = folder + "/channel-foreign"
        _ = try kingsnake.runBlocking([
            "channel", "init", foreign, "--no-passphrase", "--subdir", "linux-64", "--keys",
            folder + "/keys-foreign",
        ])
        return try await refusal(servedFrom: foreign)
    }

    /// A second version of the root that names the attacker's keys, signed by one stolen root key.
    func refusalOfHalfSignedRoot() async throws -> String? {
        let root = try edited("1.root.json") { envelope in
            guard var signed = envelope["signed"]?.object, let signatures = envelope["signatures"]?.array
            else { return }
            signed["version"] = 2
            envelope["signed"] = .object(signed)
            envelope["signatures"] = .array(Array(signatures.prefix(1)))
        }
        return try await refusal(servedFrom: channel) {
            $0.path.hasSuffix("/2.root.json") ? .replace(root) : .normal
        }
    }

    /// A package that its maintainers sign, forged by the thief of the channel's online key.
    func refusalOfForgedPackage() async throws -> String? {
        let forged = folder + "/channel-forged", vault = folder + "/keys-vault", list = folder + "/hello.list"
        try copy(channel, to: forged)
        try copy(keys, to: vault)
        let files = ["1.0", "1.1"].map { folder + "/packages/linux-64/hello-\($0)-0.conda" }
        let commands = [
            ["key", folder + "/alice.key", "--no-passphrase"],
            ["propose", forged, "hello"] + files + ["--out", list],
            ["sign", list, "--key", folder + "/alice.key", "--yes"],
            [
                "add", forged, "hello", "--keys", vault, "--passphrase-file", passphrase, "--threshold", "1",
                "--key", folder + "/alice.key.pub", "--list", list,
            ],
        ]
        for command in commands {
            let result = try kingsnake.runBlocking(["channel", "delegate"] + command)
            guard result.status == 0 else { throw DemoError("\(command): \(result.errors)") }
        }
        guard try await refusal(servedFrom: forged) == nil else {
            throw DemoError("what the maintainers signed must be good before it is forged")
        }
        let thief = OnlineKeyThief(
            at: forged,
            keyFile: keys + "/online-1.key",
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        )
        try await thief.forge("linux-64/hello-1.1-0.conda", as: try read(files[1]) + [0])
        return try await refusal(servedFrom: forged)
    }

    /// A package whose archive holds `../../outside`.
    func refusalOfTraversal() throws -> String? {
        var evil = PackageBuilder(name: "evil", version: "1.0", build: "0", subdir: "noarch")
        evil.noarch = .generic
        evil.addUnchecked(path: "../../outside", "gotcha\n")
        let path = folder + "/packages/noarch/evil-1.0-0.tar.bz2"
        try write(try evil.build(.tarBz2), to: path)
        let result = try kingsnake.runBlocking(["extract", path, "--to", folder + "/evil", "--json"])
        let escaped = FileManager.default.fileExists(atPath: folder + "/outside")
        return escaped ? "the file was written outside" : result.refusalCode
    }

    /// An edit in the prefix, which is undone afterwards.
    func findingOfAlteredFile() throws -> String? {
        let file = prefix + "/share/world.txt"
        let before = try read(file)
        try FileManager.default.removeItem(atPath: file)
        try write(Array("evil world\n".utf8), to: file)
        let result = try kingsnake.runBlocking(["audit", "--prefix", prefix, "--local", "--json"])
        try FileManager.default.removeItem(atPath: file)
        try write(before, to: file)
        return result.firstProblem
    }

    /// A metadata file of the channel, changed; its signatures stay as they were.
    func edited(_ name: String, _ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        let bytes = try read(channel + "/tuf/" + name)
        guard var object = try JSONReader.read(bytes, of: name).object else {
            throw DemoError("\(name) is no object")
        }
        change(&object)
        return JSONWriter.encode(.object(object))
    }

    /// The metadata file with the highest version number in front of a suffix.
    func newestFile(_ suffix: String, in directory: String) throws -> [UInt8] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory + "/tuf")
        let versions = names.filter { $0.hasSuffix(suffix) }.compactMap { Int($0.dropLast(suffix.count)) }
        guard let newest = versions.max() else { throw DemoError("no \(suffix) in \(directory)") }
        return try read("\(directory)/tuf/\(newest)\(suffix)")
    }

    /// A trust store that knows the pinned root and nothing newer.
    private func freshHome() throws -> String {
        let home = try emptyFolder("attack-home")
        let result = try kingsnake.runBlocking(["trust", "add", Self.url, "--root", rootCopy, "--home", home])
        guard result.status == 0 else { throw DemoError("the root could not be pinned: \(result.errors)") }
        return home
    }

    private func emptyFolder(_ name: String) throws -> String {
        let path = folder + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
