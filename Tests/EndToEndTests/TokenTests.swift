// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// `kingsnake token` on a token in software.
@Suite("Tokens, by the commands", .enabled(if: SoftHSM.isPresent, "\(SoftHSM.absence)"))
struct TokenTests {
    @Test("A maintainer's key on a token signs a list of files, which clients believe")
    func signsList() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.withToken("vault")
        try await world.makePinnedChannel(with: [hello])
        let token = "pkcs11:token=vault?module-path=\(try #require(SoftHSM.module))"
        let make = ["--label", "alice", "--id", "01", "--public", "alice.pub", "--pin-file", "pin", "--json"]
        let key = try await world.must(["token", "make-key", token] + make).json()
        let package = "packages/" + hello.fileName(.conda)
        try await world.must("channel", "delegate", "propose", "channel", "hello", package, "-o", "list")
        let delegate = ["channel", "hello", "--key", "alice.pub", "--threshold", "1", "--list", "list"]
        let unsigned = try await world.program.run(["channel", "delegate", "add"] + delegate + ["--json"])
        #expect(unsigned.refusalCode == "tuf.signatures")
        let uri = try #require(key["uri"]?.string)
        try await world.must(
            ["channel", "delegate", "sign", "list", "--yes", "--key", uri, "--passphrase-file", "pin"]
        )
        try await world.must(["channel", "delegate", "add"] + delegate)
        let verified = try await world.must("verify", world.packageURL(hello)).output
        #expect(verified.contains("verified: the package's maintainers vouch for these bytes"))
    }

    @Test("A targets key on a token demands that maintainers sign a package, and takes the demand away")
    func signsTargets() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.withToken("vault")
        let token = "pkcs11:token=vault?module-path=\(try #require(SoftHSM.module))"
        let pin = ["--passphrase-file", "pin"]
        let make = ["token", "make-key", token, "--label", "targets", "--id", "01", "--pin-file", "pin"]
        let key = try await world.must(make + ["--public", "targets.pub", "--json"]).json()
        let uri = try #require(key["uri"]?.string)
        for name in ["root", "channel.keys/online-1"] {
            try await world.must("root", "key", name, "--no-passphrase")
        }
        try await world.must(
            ["root", "init", "first", "--authority", "root.pub", "--threshold", "1", "--subdir", "linux-64"]
                + ["--targets-key", "targets.pub", "--online-key", "channel.keys/online-1.pub"]
        )
        for (key, name) in [("root.key", "1"), (uri, "2")] {
            try await world.must(
                ["root", "sign", "first", "--key", key, "--yes", "--out", name] + pin
                    + world.agreed(on: "first")
            )
        }
        try await world.must("root", "merge", "first", "1", "2")
        try await world.must("root", "publish", "first", "channel")
        try await world.must("channel", "add", "channel", world.write(hello))
        try await world.must("channel", "delegate", "key", "alice.key", "--no-passphrase")
        let package = "packages/" + hello.fileName(.conda)
        try await world.must("channel", "delegate", "propose", "channel", "hello", package, "-o", "list")
        try await world.must("channel", "delegate", "sign", "list", "--yes", "--key", "alice.key")
        let add = ["add", "channel", "hello", "--key", "alice.key.pub", "--threshold", "1", "--list", "list"]
        for edit in [add, ["remove", "channel", "hello"]] {
            let keyless = try await world.program.run(["channel", "delegate"] + edit + ["--json"])
            #expect(keyless.refusalCode == "channel.key-not-authorised", "\(keyless.transcript)")
            let signed = try await world.must(
                ["channel", "delegate"] + edit + ["--targets-key", uri, "--json"] + pin
            )
            let roles = try signed.json()["signed"]?.array?.compactMap(\.string) ?? []
            #expect(roles.contains { $0.hasPrefix("targets version ") }, "\(roles)")
            try await world.must("channel", "verify", "channel", "--root", "channel.keys/root.json")
        }
    }

    @Test("A package key on a token signs the records of a folder; what is signed already needs no token")
    func signsRecords() async throws {
        let world = try await ChannelWorld.withToken("vault")
        let token = "pkcs11:token=vault?module-path=\(try #require(SoftHSM.module))"
        let pin = ["--passphrase-file", "pin"]
        let make = ["token", "make-key", token, "--label", "package", "--id", "01", "--pin-file", "pin"]
        let key = try await world.must(make + ["--public", "package.pub", "--json"]).json()
        for name in ["root", "manager"] { try await world.must("root", "key", name, "--no-passphrase") }
        let sha256 = Digest.of([]).hex
        let record = { (name: String) in
            #""\#(name)-1-0.conda":{"build":"0","build_number":0,"depends":[],"name":"\#(name)","#
                + #""sha256":"\#(sha256)","size":1,"subdir":"noarch","version":"1"}"#
        }
        let index = { (names: [String]) in
            Array(#"{"packages.conda":{\#(names.map(record).joined(separator: ","))}}"#.utf8)
        }
        try world.write(index(["a", "b"]), to: "plain/noarch/repodata.json")
        try await world.must(
            ["content-trust", "init", "plain", "--propose", "first", "--authority", "root.pub"]
                + ["--key-manager", "manager.pub", "--package-key", "package.pub"]
        )
        let agreed = try await world.agreed(on: "first")
        for name in ["root", "manager"] {
            let sign = ["root", "sign", "first", "--key", name + ".key", "--yes", "--out", name]
            try await world.must(sign + agreed)
        }
        try await world.must("root", "merge", "first", "root", "manager")
        try await world.must("root", "publish", "first", "plain")

        let uri = try #require(key["uri"]?.string)
        try world.write(Array((uri + "\n").utf8), to: "plain.keys/package-1.signer")
        let locked = try await world.run("content-trust", "sign", "plain")
        #expect(locked.status == 6 && locked.errors.contains("a PIN is needed"), "\(locked.transcript)")
        let signed = try await world.must(["content-trust", "sign", "plain"] + pin).output
        #expect(signed.contains("noarch: 2 records, 2 signed, 0 unchanged"), "\(signed)")
        try await world.must("content-trust", "verify", "plain", "--root", "plain/1.root.json")
        #expect(try await world.must("content-trust", "sign", "plain").output.contains("nothing to do"))
        // Of a package more, the token signs that one alone.
        try world.write(index(["a", "b", "c"]), to: "plain/noarch/repodata.json")
        let more = try await world.must(["content-trust", "sign", "plain"] + pin).output
        #expect(more.contains("noarch: 3 records, 1 signed, 2 unchanged"), "\(more)")
        try await world.must("content-trust", "status", "plain")
    }

    @Test("A key is made on a token, listed, and its public half written out")
    func madeAndListed() async throws {
        let world = try await ChannelWorld.withToken("vault")
        try world.write(Array("4712\n".utf8), to: "wrong-pin")
        let token = "pkcs11:token=vault?module-path=\(try #require(SoftHSM.module))"
        let key = try await world.must(
            "token",
            "make-key",
            token,
            "--label",
            "root 1",
            "--id",
            "01",
            "--scheme",
            "ecdsa-sha2-nistp256",
            "--public",
            "root-1.pub",
            "--pin-file",
            "pin",
            "--json"
        ).json()
        let uri = try #require(key["uri"]?.string)
        #expect(uri.contains("object=root%201;id=%01;type=private?module-path=/"))
        #expect(try world.read("root-1.pub") == Array(try #require(key["public"]?.string).utf8))
        try await world.must(
            "token",
            "make-key",
            token,
            "--label",
            "b",
            "--id",
            "02",
            "--public",
            "b",
            "--pin-file",
            "pin"
        )
        let listed = try await world.must("token", "list", token, "--pin-file", "pin").output
        #expect(listed.contains(uri) && listed.contains("scheme       ed25519"))
        try await world.must("token", "list", uri, "--public", "again.pub", "--pin-file", "pin")
        #expect(try world.read("again.pub") == world.read("root-1.pub"))
        // Two keys for one file, an id that is taken, a wrong PIN, a PIN in the URI.
        let wrong: [([String], String)] = [
            (["list", token, "--public", "c", "--pin-file", "pin"], "2 keys fit the URI"),
            (
                ["make-key", token, "--label", "d", "--id", "02", "--public", "d", "--pin-file", "pin"],
                "the id 02 already"
            ),
            (["list", token], "a PIN is needed"), (["list", token], "give `--pin-file FILE`"),
            (["list", token, "--pin-file", "wrong-pin"], "the token did not accept the PIN"),
            (
                ["make-key", token, "--label", "d", "--id", "03", "--public", "b", "--pin-file", "pin"],
                "the public key cannot be written"
            ),
            (
                ["make-key", token, "--label", "d", "--id", "03", "--public", "no/d", "--pin-file", "pin"],
                "no key was made on the token"
            ),
            (["list", token + "&pin-value=4711"], "it holds a PIN"),
        ]
        for (arguments, says) in wrong {
            let result = try await world.program.run(["token"] + arguments)
            #expect(result.status == 6 && result.errors.contains(says), "\(result.transcript)")
            #expect(!result.transcript.contains("pin-value"))
        }
        let keys = try await world.must("token", "list", token, "--pin-file", "pin", "--json").json()["keys"]
        #expect(keys?.array?.count == 2)
    }
}
