// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("What `attest inspect` says of bundles")
struct AttestInspectTests {
    private static let file = "widget-1.0-0.conda"
    private static let package = Array("the package".utf8)
    private static let channel = "https://example.org/main"

    private static func statement(_ name: String = file) throws -> [UInt8] {
        try PublishAttestation(fileName: name, sha256: Digest.of(package), targetChannel: channel).encoded()
    }

    private static func bundles(_ result: ProgramResult) throws -> [JSONObject] {
        (try result.json()["bundles"]?.array ?? []).compactMap(\.object)
    }

    private static func code(_ bundle: JSONObject) -> String? {
        bundle["error"]?.object?["code"]?.string
    }

    @Test("What holds is told in words: what is said, by whom, from where, logged where and when")
    func words() async throws {
        var files = try InstanceFiles()
        let bundle = try files.instance.bundle(stating: Self.statement(), by: .workflow(), .v1AndTimestamp)
        try files.world.write(bundle.encoded(), to: "bundle.json")
        try files.world.write(Self.package, to: Self.file)
        let result = try await files.inspect("bundle.json", "--package", Self.file)
        #expect(result.status == 0)
        #expect(
            files.world.masked(result.output) == """
                verified  bundle, by the keys of trusted_root.json
                  says        https://schemas.conda.org/attestations-publish-1.schema.json
                  about       widget-1.0-0.conda sha256:[digest]
                  channel     https://example.org/main
                  signed by   https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1
                  issuer      https://token.actions.githubusercontent.com
                  repository  https://github.com/example/widget
                  its number  1001
                  its number  2002
                  ref         refs/tags/v1
                  commit      \(String(repeating: "a", count: 40))
                  workflow    https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1
                  trigger     push
                  run         https://github.com/example/widget/actions/runs/1/attempts/1
                  signed at   [time], by the word of \(files.instance.timestampAuthority.uri)
                  logged      https://\(files.instance.rekorV1.host), entry \(bundle.logEntries[0].logIndex) (dsse/0.0.1) at [time]

                """
        )
        #expect(
            result.errors
                == "note: this says who signed; whether they may publish the package is what a policy says\n"
        )
        let quiet = try await files.inspect("bundle.json", "--quiet")
        #expect(quiet.status == 0 && quiet.errors.isEmpty && quiet.output == result.output)
    }

    @Test("With --json everything has a name that stays", arguments: SimulatedInstance.Evidence.allCases)
    func json(_ evidence: SimulatedInstance.Evidence) async throws {
        var files = try InstanceFiles()
        let bundle = try files.instance.bundle(stating: Self.statement(), by: .workflow(), evidence)
        try files.world.write(bundle.encoded(), to: "bundle.json")
        let result = try await files.inspect("bundle.json", "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let document = try result.json()
        #expect(document.members.map(\.key) == ["schema", "status", "file", "instance", "bundles"])
        #expect(document["schema"]?.integer == 1 && document["status"]?.string == "ok")
        #expect(
            document["file"]?.string == "bundle.json" && document["instance"]?.string == "trusted_root.json"
        )
        let one = try #require(Self.bundles(result).first)
        #expect(
            one.members.map(\.key) == [
                "verified", "version", "predicate_type", "subjects", "target_channel", "identity",
                "identity_kind", "issuer", "claims", "times", "log_entries",
            ]
        )
        #expect(one["verified"]?.bool == true && one["version"]?.string == "0.3")
        #expect(one["predicate_type"]?.string == PublishAttestation.predicateType)
        #expect(
            one["subjects"] == [
                ["name": .string(Self.file), "digest": ["sha256": .string(Digest.of(Self.package).hex)]]
            ]
        )
        #expect(one["target_channel"]?.string == Self.channel && one["identity_kind"]?.string == "uri")
        let identity = SimulatedInstance.Signer.workflow().identity
        #expect(one["identity"]?.string == identity.value && one["issuer"]?.string == identity.issuer)
        #expect(one["claims"]?.object?["1.3.6.1.4.1.57264.1.15"]?.string == "1001")
        let time = "\(files.instance.time.advanced(bySeconds: 5))"
        let count = evidence == .v1AndTimestamp ? 2 : 1
        #expect(one["times"] == .array(Array(repeating: .string(time), count: count)))
        let entry = try #require(one["log_entries"]?.array?.first?.object)
        #expect(entry.members.map(\.key) == ["log", "kind", "index"])
        #expect(entry["kind"]?.string == (evidence == .v2 ? "hashedrekord/0.0.2" : "dsse/0.0.1"))
        #expect(entry["index"]?.integer == bundle.logEntries[0].logIndex)
    }

    @Test("A bundle for another file, or for the file under another name, does not hold for it")
    func otherPackage() async throws {
        var files = try InstanceFiles()
        let stated = try files.instance.bundle(stating: Self.statement(), by: .workflow())
        let plain = try files.instance.bundle(of: Self.package, by: .workflow())
        try files.world.write(stated.encoded(), to: "stated.json")
        try files.world.write(plain.encoded(), to: "plain.json")
        try files.world.write(Self.package, to: "away/" + Self.file)
        try files.world.write(Self.package, to: "renamed-1.0-0.conda")
        try files.world.write([1], to: Self.file)
        let cases: [(bundle: String, package: String, code: String?)] = [
            ("stated.json", "away/" + Self.file, nil), ("stated.json", Self.file, "sigstore.artifact"),
            ("stated.json", "renamed-1.0-0.conda", "attestation.file-name"),
            // A plain signature names no file.
            ("plain.json", "renamed-1.0-0.conda", nil), ("plain.json", Self.file, "sigstore.message-digest"),
        ]
        for (bundle, package, code) in cases {
            let result = try await files.inspect(bundle, "--package", package, "--json")
            #expect(result.status == (code == nil ? 0 : 3), "\(result.transcript)")
            #expect(try Self.bundles(result).map { Self.code($0) } == [code])
            let words = try await files.inspect(bundle, "--package", package)
            #expect(words.status == result.status)
            guard let code else { continue }
            #expect(words.output.hasPrefix("refused   bundle: "))
            #expect(words.output.contains("  code        \(code) (run `kingsnake explain \(code)`)\n"))
            #expect(words.output.contains("  what to do  "))
        }
    }

    @Test("What a refused bundle says of itself is shown as its own word, and no log or time is")
    func ownWord() async throws {
        var files = try InstanceFiles()
        let bundle = try files.instance.bundle(stating: Self.statement(), by: .workflow(), .v1AndTimestamp)
        try files.world.write(bundle.encoded(), to: "bundle.json")
        // The public instance knows nothing of it.
        let words = try await files.world.run("attest", "inspect", "bundle.json")
        #expect(words.status == 3)
        let lines = words.output.split(separator: "\n").map { String($0.prefix(12)) }
        let own = "  What it says of itself, for which nobody vouches:"
        let at = try #require(lines.firstIndex(of: String(own.prefix(12))), "\(words.transcript)")
        #expect(words.output.contains(own + "\n"))
        #expect(lines[..<at].contains("  code      ") && !lines[..<at].contains("  signed by "))
        #expect(lines[at...].contains("  signed by ") && lines[at...].contains("  about     "))
        #expect(!lines.contains("  logged    ") && !lines.contains("  signed at "))
        let json = try await files.world.run("attest", "inspect", "bundle.json", "--json")
        let one = try #require(Self.bundles(json).first)
        #expect(one["verified"]?.bool == false && Self.code(one) == "timestamp.untrusted")
        #expect(one["times"] == nil && one["log_entries"] == nil)
        #expect(try json.json()["status"]?.string == "refused" && json.status == 3)
    }

    @Test("Of several bundles in a file each is told, and one that holds is enough")
    func sidecars() async throws {
        var files = try InstanceFiles()
        let good = try files.instance.bundle(stating: Self.statement(), by: .workflow()).encoded()
        var stranger = try SimulatedInstance()
        let bad = try stranger.bundle(stating: Self.statement(), by: .workflow()).encoded()
        let lists: [(bundles: [[UInt8]], codes: [String?], status: Int32)] = [
            ([good], [nil], 0), ([bad, good], ["log.unknown-log", nil], 0),
            ([Array("{}".utf8), good], ["bundle.missing-field", nil], 0), ([bad], ["log.unknown-log"], 3),
            ([Array("{}".utf8), bad], ["bundle.missing-field", "log.unknown-log"], 3),
        ]
        for (bundles, codes, status) in lists {
            let list = Array("[".utf8) + bundles.joined(separator: Array(",\n".utf8)) + Array("]\n".utf8)
            try files.world.write(list, to: "list.sigs")
            let json = try await files.inspect("list.sigs", "--json")
            #expect(json.status == status, "\(json.transcript)")
            #expect(try Self.bundles(json).map { Self.code($0) } == codes)
            #expect(try json.json()["status"]?.string == (status == 0 ? "ok" : "refused"))
            let words = try await files.inspect("list.sigs")
            #expect(words.status == status)
            guard bundles.count > 1 else { continue }
            for (at, code) in codes.enumerated() {
                let word = code == nil ? "verified  bundle" : "refused   bundle"
                #expect(words.output.contains("\(word) \(at + 1) of \(bundles.count)"), "\(words.output)")
            }
        }
    }

    /// Files that are no bundles, the code that says so, the exit status, and whether it is a bundle that is refused
    /// or the file.
    private static let bad: [(text: String, code: String, status: Int32, isFile: Bool)] = [
        ("", "json.syntax", 3, false), ("{", "json.syntax", 3, false), ("[", "json.syntax", 3, true),
        ("[]", "attestation.sidecar-shape", 3, true), ("[1]", "attestation.sidecar-shape", 3, true),
        ("{}", "bundle.missing-field", 3, false), ("null", "json.shape", 3, false),
        (#"{"mediaType":"x"}"#, "bundle.media-type", 3, false),
        (#"{"mediaType":"x","mediaType":"x"}"#, "json.duplicate-key", 3, false),
        ("[" + Array(repeating: "{}", count: 33).joined(separator: ",") + "]", "attestation.limit", 3, true),
    ]

    @Test("What is no bundle is refused with its code", arguments: bad)
    func isRefused(_ bad: (text: String, code: String, status: Int32, isFile: Bool)) async throws {
        let world = try ChannelWorld()
        try world.write(Array(bad.text.utf8), to: "file")
        let result = try await world.run("attest", "inspect", "file", "--json")
        #expect(result.status == bad.status, "\(result.transcript)")
        let found = bad.isFile ? result.refusalCode : try Self.bundles(result).first.flatMap(Self.code)
        #expect(found == bad.code, "\(result.transcript)")
        let words = try await world.run("attest", "inspect", "file")
        #expect(words.status == bad.status && (words.output + words.errors).contains(bad.code))
    }

    @Test(
        "A bundle by a key asks for the key, a file that is not there could not be found, a bad call is one"
    )
    func others() async throws {
        var files = try InstanceFiles()
        let bundle = try files.instance.bundle(stating: Self.statement(), by: .workflow())
        let keyed = Bundle(
            version: .v03,
            material: .publicKey(hint: "release key"),
            content: bundle.content,
            logEntries: bundle.logEntries,
            timestamps: []
        )
        try files.world.write(keyed.encoded(), to: "keyed.json")
        let result = try await files.inspect("keyed.json")
        #expect(result.status == 4 && result.output.contains("sigstore.key-needed"))
        #expect(result.output.contains("  signed by   a key that goes by `release key`\n"))
        let world = files.world
        #expect(try await world.run("attest", "inspect", "nowhere").status == 6)
        #expect(try await world.run("attest", "inspect", "keyed.json", "--package", "nowhere").status == 6)
        #expect(
            try await world.run("attest", "inspect", "keyed.json", "--trusted-root", "nowhere").status == 6
        )
        #expect(try await world.run("attest", "inspect", "").status == 2)
        let unknown = try await world.run("attest", "inspect", "keyed.json", "--instance", "other")
        #expect(unknown.errors.contains("instance.unknown"))
        let root = try await world.run("attest", "inspect", "keyed.json", "--trusted-root", "keyed.json")
        #expect(root.status == 3 && root.errors.contains("trust-root.media-type"))
    }

    @Test("Control characters in what a bundle says reach neither the terminal nor the document")
    func showsNoControlCharacters() async throws {
        let esc = "\u{1B}[2J\u{9B}31m\u{202E}ok\r\n"
        var files = try InstanceFiles()
        let value: JSONValue = [
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [
                ["name": .string(esc), "digest": [esc: .string(esc), "sha256": .string(Digest.of([]).hex)]]
            ],
            "predicateType": .string(esc), "predicate": ["targetChannel": .string(esc)],
        ]
        var signer = SimulatedInstance.Signer.workflow()
        signer.identity = SignerIdentity(kind: .username, value: "a\u{202E}b", issuer: "https://c\u{200B}")
        signer.claims = [.sourceRepositoryURI: "https://d\u{202E}e", .sourceRepositoryRef: "\u{2066}f"]
        let payload = JSONWriter.encode(value)
        let good = try files.instance.bundle(stating: payload, by: signer)
        let typed = try files.instance.bundle(stating: payload, type: "text/\(esc)", by: signer)
        let keyed = Bundle(
            version: .v03,
            material: .publicKey(hint: esc),
            content: good.content,
            logEntries: good.logEntries,
            timestamps: []
        )
        let contents = [
            good.encoded(), typed.encoded(), keyed.encoded(), Array(esc.utf8), Array("[\"\(esc)\"]".utf8),
            JSONWriter.encode(["mediaType": .string(esc)]), JSONWriter.encode([esc: 1]),
        ]
        try files.world.write(Array(esc.utf8), to: "sly-1-0.conda")
        for (at, bytes) in contents.enumerated() {
            for name in ["bundle.json", esc] {
                try files.world.write(bytes, to: name)
                for extra in [[], ["--json"], ["--package", "sly-1-0.conda"]] {
                    let result = try await files.world.program.run(
                        ["attest", "inspect", name, "--trusted-root", "trusted_root.json"] + extra
                    )
                    let seen = (result.output + result.errors).unicodeScalars.filter {
                        [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
                    }
                    #expect(seen.isEmpty, "\(at), \(extra): \(result.transcript.debugDescription)")
                    #expect(
                        [0, 3, 4].contains(result.status),
                        "\(at): \(result.transcript.debugDescription)"
                    )
                }
            }
        }
        // What is said is told all the same.
        try files.world.write(good.encoded(), to: "bundle.json")
        let result = try await files.inspect("bundle.json")
        #expect(result.status == 0 && result.output.contains(#"  signed by   a\u{202E}b"#))
        #expect(result.output.contains(#"  says        \u{1B}[2J\u{9B}31m\u{202E}ok\u{D}\u{A}"#))
    }

    @Test(
        "Real bundles hold by the keys that the program carries, and a real file of bundles does",
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: [
            (
                "conda-attestation.sigstore.json", "public-good", ["1756728839"], "dsse/0.0.1",
                "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main"
            ),
            (
                "conda-attestation-rekor2.sigstore.json", "staging", ["1779781341"], "hashedrekord/0.0.2",
                "jku@goto.fi"
            ),
            (
                "prefix-actionlint.v0.sigs", "public-good", ["1774925912", "1774925911"], "dsse/0.0.1",
                "https://github.com/hunger/octoconda/.github/workflows/octoconda.yaml@refs/heads/main"
            ),
        ]
    )
    func real(_ file: String, _ instance: String, _ times: [String], _ kind: String, _ signer: String)
        async throws
    {
        let world = try ChannelWorld()
        let path = "\(SharedData.root)/sigstore/conda/\(file)"
        let result = try await world.run("attest", "inspect", path, "--instance", instance, "--json")
        #expect(result.status == 0, "\(result.transcript)")
        let one = try #require(Self.bundles(result).first)
        #expect(one["verified"]?.bool == true && one["identity"]?.string == signer)
        #expect(
            one["times"]?.array?.compactMap { $0.string.flatMap { Timestamp($0) } }.map { "\($0.seconds)" }
                == times
        )
        #expect(one["log_entries"]?.array?.compactMap { $0.object?["kind"]?.string } == [kind])
        let words = try await world.run("attest", "inspect", path, "--instance", instance)
        #expect(words.status == 0 && words.output.contains("  signed by   \(signer)\n"))
        let other = instance == "staging" ? "public-good" : "staging"
        let refused = try await world.run("attest", "inspect", path, "--instance", other)
        #expect(refused.status == 3 && refused.output.hasPrefix("refused   bundle: "))
        guard file.hasPrefix("conda-") else { return }
        let package = "\(SharedData.root)/sigstore/conda/signed-package-2.1.0-hb0f4dca_0.conda"
        let held = ["attest", "inspect", path, "--instance", instance, "--package"]
        #expect(try await world.program.run(held + [package]).status == 0)
        #expect(try await world.program.run(held + [path]).output.contains("sigstore.artifact"))
    }
}
