// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// Five authorities: `tina` has a token, `kim` a key service, and `finn`, `fiona` and `flora` have encrypted
/// files.
@Suite(
    "Ceremonies with a token, a key service and files",
    .enabled(if: CeremonyWorld.hasAllKinds, "\(CeremonyWorld.absence)")
)
struct MixedCeremonyTests {
    private static let five = ["tina", "kim", "finn", "fiona", "flora"]
    private static let hello = PackageBuilder.hello()
    private static let next = PackageBuilder.hello("1.1")

    /// A channel with a package that three of five have made, and a client that has pinned its first root.
    private static func made() async throws -> CeremonyWorld {
        let ceremony = try await CeremonyWorld.ofAllKinds(five)
        let world = ceremony.world
        try await ceremony.proposeFirst(of: five, threshold: 3)
        try await ceremony.sign("first", by: ["tina", "kim", "finn"])
        try await ceremony.publish("first")
        try await world.must("channel", "add", "channel", world.write(hello))
        try await world.must("trust", "add", world.url, "--root", "channel/tuf/1.root.json")
        try await world.must("verify", world.packageURL(hello))
        return ceremony
    }

    /// Takes away the key service and one of the files; two of the three that stay must agree from then on.
    private static func removeTwo(_ ceremony: CeremonyWorld) async throws {
        try await ceremony.world.must(
            ["root", "propose", "channel", "second", "--threshold", "offline=2"]
                + ["--remove-key", "offline=kim", "--remove-key", "offline=flora"]
        )
    }

    @Test("Three of five make a channel, two are removed, and a client that pinned the first root follows")
    func threeOfFive() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await Self.removeTwo(ceremony)
        // Two are enough for the new root, and not for the old one.
        try await ceremony.sign("second", by: ["tina", "fiona"])
        let early = try await world.run("root", "publish", "second", "channel", "--json")
        #expect(early.refusalCode == "ceremony.incomplete" && early.status == 4)
        try await ceremony.sign("second", by: ["kim"])
        try await ceremony.publish("second")

        try await world.must("channel", "add", "channel", world.write(Self.next))
        try await world.must("channel", "sign", "channel", "--all")
        let new = ["--home", "new-home"]
        try await world.must(["trust", "add", world.url, "--root", "channel/tuf/1.root.json"] + new)
        for package in [Self.hello, Self.next] {
            try await world.must("verify", world.packageURL(package))
            try await world.must(["verify", world.packageURL(package)] + new)
        }
        try await world.must("channel", "verify", "channel", "--root", "channel.keys/root.json", "--deep")
    }

    @Test("A witness with nothing but the files sees who signed what, and with what kind of key")
    func witness() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await Self.removeTwo(ceremony)
        try await ceremony.sign("second", by: ["tina", "kim", "fiona"])
        try await ceremony.publish("second")
        for name in ["1.root.json", "2.root.json"] {
            try world.write(world.read("channel/tuf/" + name), to: "witness/" + name)
        }
        let seen = try await world.must(
            "root",
            "verify",
            "witness",
            "--root",
            "witness/1.root.json",
            "--json"
        )
        let steps = try seen.json()["steps"]?.array ?? []
        let signers = steps.map { step in
            Set((step.object?["signers"]?.array ?? []).compactMap { $0.object?["name"]?.string })
        }
        #expect(signers == [["tina", "kim", "finn"], ["tina", "kim", "fiona"]])
        let schemes = (steps.first?.object?["signers"]?.array ?? []).compactMap {
            $0.object?["scheme"]?.string
        }
        #expect(Set(schemes) == ["ecdsa-sha2-nistp256", "rsassa-pss-sha256", "ed25519"])
        let words = (steps.last?.object?["words"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
        for name in ["kim", "flora"] { #expect(words.contains("loses power: `\(name)`")) }
    }

    @Test("The signature of one who was removed counts for nobody, wherever it is put")
    func removed() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await Self.removeTwo(ceremony)
        try await ceremony.sign("second", by: ["tina", "kim", "finn"])
        try await ceremony.publish("second")
        try await world.must("root", "propose", "channel", "third", "--renew", "root")
        let kim = try #require(ceremony.authorities["kim"])
        let sign = ["root", "sign", "third", "--key", kim.key, "--yes", "--root", "channel/tuf/1.root.json"]
        let refused = try await world.program.run(sign + ["--json"])
        #expect(refused.refusalCode == "ceremony.stranger" && refused.status == 1)

        // Put into the proposal by hand, beside that of one who stays.
        try await ceremony.sign("third", by: ["tina"])
        let file = try await Self.addSignature(of: "kim", to: "third", world)
        let merged = try await world.must("root", "merge", "third", "--json").json()
        let missing = merged["thresholds"]?.array?.map { $0.object?["missing"]?.integer }
        #expect(missing == [1, 1] && merged["complete"] == .bool(false))
        let early = try await world.run("root", "publish", "third", "channel", "--json")
        #expect(early.refusalCode == "ceremony.incomplete")
        // Served all the same, by a mirror that somebody broke into.
        try FileManager.default.copyItem(atPath: world.channel, toPath: world.path + "/forged")
        try world.write(file, to: "forged/tuf/3.root.json")
        let forged = "file://\(world.path)/forged"
        try await world.must("trust", "add", forged, "--root", "channel/tuf/1.root.json")
        let url = forged + "/linux-64/" + Self.hello.fileName(.conda)
        let client = try await world.run("verify", url, "--json")
        #expect(client.refusalCode == "tuf.signatures" && client.status == 3, "\(client.transcript)")

        // With enough of those who count it is published, without the one that does not.
        try await ceremony.sign("third", by: ["fiona"])
        try await ceremony.publish("third")
        let root = try JSONReader.read(world.read("channel/tuf/3.root.json"), of: "root")
        #expect(root.object?["signatures"]?.array?.count == 2)
        try await world.must("verify", world.packageURL(Self.hello))
    }

    @Test("The online key may be on a token or behind a command too", arguments: ["tina", "kim"])
    func onlineKey(holder: String) async throws {
        let ceremony = try await CeremonyWorld.ofAllKinds(Self.five)
        let world = ceremony.world
        let online = try #require(ceremony.authorities[holder])
        let secret = online.secretFile.map { ["--passphrase-file", $0] } ?? []
        try FileManager.default.removeItem(atPath: world.path + "/channel.keys/online-1.key")
        // A public key's relative path starts from the folder that the file is in.
        let key = online.key.replacingOccurrences(of: "exec:", with: "exec:../")
        let file = try world.write(Array((key + "\n").utf8), to: "channel.keys/online-1.signer")
        chmod(file, 0o600)
        try await world.must(
            ["root", "init", "first", "--threshold", "2", "--online-key", online.publicKey]
                + ["finn", "fiona"].flatMap { ["--authority", ceremony.publicKey(of: $0)] }
        )
        try await ceremony.sign("first", by: ["finn", "fiona"])
        try await world.must(["root", "publish", "first", "channel"] + secret)
        try await world.must(["channel", "add", "channel", world.write(Self.hello)] + secret)
        try await world.must(["channel", "sign", "channel", "--all"] + secret)
        try await world.must("trust", "add", world.url, "--root", "channel.keys/root.json")
        try await world.must("verify", world.packageURL(Self.hello))
        // It names code that is run: nobody else may have written it.
        chmod(file, 0o666)
        let refused = try await world.program.run(["channel", "sign", "channel", "--all", "--json"] + secret)
        #expect(refused.refusalCode == "key.file-permissions" && refused.status == 3)
    }

    /// Lets the service sign what a proposal says of root, and writes the signature into it.
    ///
    /// - Returns: the root with all its signatures.
    private static func addSignature(
        of name: String,
        to proposal: String,
        _ world: ChannelWorld
    ) async throws -> [UInt8] {
        let chain = try await world.must("root", "verify", "channel", "--json").json()["steps"]?.array
        let lost = chain?.last?.object?["roles"]?.array?.first?.object?["lost"]?.array ?? []
        let key = try #require(lost.first { $0.object?["name"]?.string == name })
        var document = try #require(try JSONReader.read(world.read(proposal), of: proposal).object)
        var proposed = try #require(document["proposed"]?.object)
        var root = try #require(proposed["root"]?.object)
        try world.write(CanonicalJSON.encode(try #require(root["signed"])), to: "message")
        let signed = try await world.program.runScript(
            "sh \(name)/sign-with-service < message > signature"
        )
        try signed.demandSuccess("the service")
        let signature: JSONValue = [
            "keyid": try #require(key.object?["keyid"]),
            "sig": .string(Hex.encode(try world.read("signature"))),
        ]
        root["signatures"] = .array((root["signatures"]?.array ?? []) + [signature])
        proposed["root"] = .object(root)
        document["proposed"] = .object(proposed)
        try world.write(JSONWriter.encode(.object(document)), to: proposal)
        return JSONWriter.encode(.object(root))
    }
}
