// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Metadata files")
struct MetadataTests {
    @Test("What is written is read back, with fields that nobody knows")
    func roundTrip() throws {
        var scene = try Scene { try $0.delegate(["a/*"], to: "role", terminating: true) }
        try scene.repository.add("file")
        var object = scene.repository.targets.encoded()
        object["x-unknown"] = ["a": [1, true, .null]]
        var delegations = try #require(object["delegations"]?.object)
        delegations["x-more"] = "kept"
        object["delegations"] = .object(delegations)
        let bytes = try scene.repository.sign(object, by: [])
        let read = try SignedMetadata<TargetsMetadata>(parsing: bytes, as: .targets)
        #expect(JSONValue.object(read.role.encoded()) == .object(object))
        #expect(try CanonicalJSON.encode(.object(read.role.encoded())) == read.envelope.signedBytes)
    }

    @Test("Signed bytes are the canonical form of what arrived, whatever its layout")
    func canonicalBytes() throws {
        let scene = try Scene()
        let compact = try MetadataEnvelope(parsing: scene.pinnedRoot, of: "root")
        let indented = JSONWriter.encode(
            try JSONReader.read(scene.pinnedRoot, of: "root"),
            .indented
        )
        #expect(try MetadataEnvelope(parsing: indented, of: "root").signedBytes == compact.signedBytes)
    }

    @Test("A key with line breaks survives writing and reading")
    func pemKey() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let setup = RoleSetup([key.publicKey])
        let root = try RootMetadata(
            header: SimulatedRepository.header(1),
            root: setup,
            timestamp: setup,
            snapshot: setup,
            targets: setup
        )
        var envelope = try MetadataEnvelope(signed: root.encoded())
        let id = KeyDefinition(key.publicKey).computedID
        envelope.add(Signature(keyID: id.text, bytes: try key.sign(envelope.signedBytes)))
        let signed = try SignedMetadata<RootMetadata>(parsing: envelope.encoded(), as: .root)
        #expect(try root.authority(for: .root).verify(signed, of: .root).role == root)
    }

    @Test("A key's own fields belong to its id and are kept")
    func customKeyFields() throws {
        let object: JSONValue = [
            "keytype": "ed25519", "scheme": "ed25519", "x-owner": "me",
            "keyval": ["public": .string(String(repeating: "ab", count: 32))],
        ]
        let key = try KeyDefinition(JSONFields(object, of: "key"))
        #expect(key.computedID.text == Digest.of(try CanonicalJSON.encode(object)).hex)
    }

    @Test(
        "A specification version is supported exactly if it is 1.x or 1.x.y",
        arguments: [
            ("1.0", true), ("1.0.34", true), ("1.99.0", true), ("1", false), ("2.0.0", false),
            ("1.0.0.0", false),
            ("1.", false), ("01.0", false), ("1.a", false), ("", false), ("10.0", false),
        ]
    )
    func specifications(_ text: String, _ isSupported: Bool) throws {
        let object: JSONValue = [
            "_type": "root", "spec_version": .string(text), "version": 1, "expires": "2030-01-01T00:00:00Z",
        ]
        let code = refusalCode { try MetadataHeader(JSONFields(object, of: "root"), of: .root) }
        #expect(code == (isSupported ? nil : "tuf.spec-version"))
    }

    @Test(
        "Metadata of the wrong shape is refused and never traps",
        arguments: [
            "{}", "[]", "null", "1", #""""#, #"{"signed":{},"signatures":[]}"#,
            #"{"signed":[],"signatures":[]}"#,
            #"{"signed":{"_type":1},"signatures":[]}"#, #"{"signed":{"_type":"root"},"signatures":{}}"#,
            #"{"signed":{"_type":"root","spec_version":"1.0","version":1.5,"expires":"2030-01-01T00:00:00Z"},"signatures":[]}"#,
            #"{"signed":{"_type":"root","spec_version":"1.0","version":1,"expires":"2030-01-01T00:00:00Z","keys":{},"roles":{"root":[]}},"signatures":[]}"#,
            #"{"signed":{"_type":"root","spec_version":"1.0","version":99999999999999999999,"expires":"2030-01-01T00:00:00Z"},"signatures":[]}"#,
            #"{"signed":{"_type":"root"},"signatures":[{}]}"#,
            #"{"signed":{"_type":"root"},"signatures":["a"]}"#,
        ]
    )
    func shapes(_ text: String) {
        let code = refusalCode { try SignedMetadata<RootMetadata>(parsing: Array(text.utf8), as: .root) }
        #expect(code == "json.shape" || code == "json.number")
    }
}

@Suite("Hash bins")
struct SuccinctRolesTests {
    private func bins(_ bitLength: Int) throws -> SuccinctRoles {
        try SuccinctRoles(keys: RoleKeys([KeyID("k")], threshold: 1), bitLength: bitLength, namePrefix: "bin")
    }

    @Test(
        "A bin's name has as many digits as the last bin needs",
        arguments: [
            (1, "bin-1"), (4, "bin-f"), (5, "bin-1f"), (10, "bin-3ff"), (14, "bin-3fff"), (16, "bin-ffff"),
        ]
    )
    func names(_ bitLength: Int, last: String) throws {
        let bins = try bins(bitLength)
        #expect(bins.names.count == 1 << bitLength)
        #expect(bins.names.last?.text == last)
        #expect(bins.names.allSatisfy { bins.bin(named: $0)?.name == $0 })
    }

    @Test(
        "Names that are no bins are not roles (GHSA-77hh-43cm-v8j6)",
        arguments: [
            "bin-400", "bin-0", "bin-00", "bin-0000", "bin-3FF", "bin", "bin-", "bin--01", "bin-+01",
            "other-000", "-000",
        ]
    )
    func foreignNames(_ name: String) throws {
        #expect(try bins(10).bin(named: RoleName(name)!) == nil)
    }

    @Test("A path's bin is the leading bits of its hash, and the bin's scope covers it", arguments: 1...32)
    func binOfPath(_ bitLength: Int) throws {
        let bins = try bins(bitLength)
        let path: TargetPath = "linux-64/numpy-2.1.0-py313h_0.conda"
        let bits = path.hash.bytes.map { byte in
            String(repeating: "0", count: byte.leadingZeroBitCount)
                + (byte == 0 ? "" : String(byte, radix: 2))
        }.joined().prefix(bitLength)
        let bin = bins.bin(for: path)
        let number = try #require(Int(bits, radix: 2))
        #expect(bin.name.text.hasSuffix(String(number, radix: 16)))
        #expect(bin.scope.covers(path))
        #expect(bins.bin(named: bin.name) == bin)
    }

    @Test("A client finds a file in its bin, and asks for that bin only")
    func search() async throws {
        let keys = try EditorTests.Keys()
        var editor = try keys.editor()
        try editor.delegateToBins(
            prefix: "bin",
            bitLength: 5,
            keys: RoleSetup([keys.online.publicKey])
        )
        let path: TargetPath = "linux-64/a-1-0.conda"
        let bins = try #require(editor.roles[.targets]?.delegations?.roles(for: path))
        try editor.setTarget(path, to: TargetFile(of: [1, 2, 3]), in: bins[0].name)
        let files = try await editor.publish(signers: keys.all, now: SimulatedRepository.now)
        #expect(files.count == 1 + 32 + 3)
        let server = MemoryServer()
        server.files = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
        let client = Updater(
            trustedRoot: files[0].bytes,
            metadataURL: MemoryServer.url,
            store: InMemoryMetadataStore(),
            fetcher: server,
            now: SimulatedRepository.now
        )
        #expect(try await client.target(path)?.chain == [.targets, bins[0].name])
        #expect(server.takeRequests().last == "1.\(bins[0].name).json")
        #expect(try await client.targets(of: bins[0].name)?.map(\.path) == [path])
    }
}
