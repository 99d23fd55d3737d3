// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

/// A repository that we write, in a folder that a web server serves.
struct EditedRepository {
    let folder: TemporaryFolder
    private(set) var editor: RepositoryEditor
    /// Whoever can sign; keys that were rotated away stay, and are not asked any more.
    private(set) var signers: [PrivateKey] = []
    private(set) var targets: [String] = []
    private let isConsistent: Bool

    var root: String { folder.path + "/1.root.json" }

    /// Makes a repository whose roles have these keys; nothing is written yet.
    init(
        isConsistent: Bool,
        keys: (MetadataKind) throws -> (keys: [PrivateKey], threshold: Int) = { _ in
            ([try PrivateKey.generate(.ed25519)], 1)
        }
    ) throws {
        var signers: [PrivateKey] = []
        func setup(_ kind: MetadataKind) throws -> RoleSetup {
            let (keys, threshold) = try keys(kind)
            signers += keys
            return RoleSetup(keys.map(\.publicKey), threshold: threshold)
        }
        folder = try TemporaryFolder()
        self.isConsistent = isConsistent
        editor = try RepositoryEditor(
            root: setup(.root),
            timestamp: setup(.timestamp),
            snapshot: setup(.snapshot),
            targets: setup(.targets),
            consistentSnapshot: isConsistent
        )
        self.signers = signers
    }

    /// Edits, with new keys for whatever the edit needs them for.
    mutating func edit(
        _ change: (inout RepositoryEditor, (SignatureScheme) throws -> PublicKey) throws -> Void
    )
        throws
    {
        var new: [PrivateKey] = []
        try change(&editor) { scheme in
            new.append(try PrivateKey.generate(scheme))
            return new[new.count - 1].publicKey
        }
        signers += new
    }

    /// Gives a top-level role other keys.
    mutating func rotate(_ kind: MetadataKind, to keys: (keys: [PrivateKey], threshold: Int)) throws {
        try editor.setRole(kind, to: RoleSetup(keys.keys.map(\.publicKey), threshold: keys.threshold))
        signers += keys.keys
    }

    /// Adds a file, in the first role that the delegations lead its path to, or in the named one.
    mutating func add(_ path: String, to name: RoleName? = nil) throws {
        let target = try #require(TargetPath(path))
        let content = Array("the content of \(path)\n".utf8)
        let file = TargetFile(of: content)
        let bins = editor.roles[name ?? .targets]?.delegations?.roles(for: target).first?.name
        try editor.setTarget(target, to: file, in: bins ?? name ?? .targets)
        try folder.write(content, to: "targets/" + path)
        if isConsistent {
            try folder.write(content, to: "targets/" + target.prefixed(by: file.hashes.digests[0]))
        }
        targets.append(path)
    }

    /// Signs and writes what was edited.
    mutating func publish() async throws {
        for file in try await editor.publish(signers: signers, now: Clock.now) {
            try folder.write(file.bytes, to: "metadata/" + file.name)
            if file.name == "1.root.json" { try folder.write(file.bytes, to: file.name) }
        }
    }

    /// Takes the signatures by other keys than those of a scheme away from a file that nothing promises the
    /// bytes of: a root, or the timestamp.
    func keepSignatures(by scheme: SignatureScheme, in path: String) throws {
        let ids = Set(
            signers.map(\.publicKey).filter { $0.scheme == scheme }.map { KeyDefinition($0).computedID.text }
        )
        var file = try #require(try JSONReader.read(folder.read(path), of: path).object)
        let kept = (file["signatures"]?.array ?? []).filter { ids.contains($0["keyid"]?.string ?? "") }
        try #require(!kept.isEmpty)
        file["signatures"] = .array(kept)
        try folder.write(JSONWriter.encode(.object(file)), to: path)
    }

    /// Has python-tuf's client refresh and download every target, and compares their bytes.
    ///
    /// - Parameter state: Where it keeps what it trusts from one time to the next.
    @discardableResult
    func readByPeer(_ server: LoopbackServer, state: String) async throws -> JSONValue {
        let out = "\(folder.path)/downloads"
        let answer = try await Peers.run(
            "tuf_client",
            [
                "--metadata-dir", "\(folder.path)/\(state)", "\(server.url)/metadata/", root,
                "\(server.url)/targets/",
            ] + targets + [out]
        )
        for target in targets {
            #expect(try folder.read("downloads/" + target) == folder.read("targets/" + target), "\(target)")
        }
        #expect(answer["downloads"]?.array?.count == targets.count)
        return answer
    }

    /// Has our own client do the same.
    func readByUs(
        _ server: LoopbackServer,
        by fetcher: any Fetcher,
        state: String,
        limits: TUFLimits = TUFLimits()
    ) async throws {
        let updater = Updater(
            trustedRoot: try folder.read("1.root.json"),
            metadataURL: server.url + "/metadata",
            store: try DirectoryMetadataStore("\(folder.path)/\(state)"),
            fetcher: fetcher,
            now: Clock.now,
            limits: limits
        )
        for target in targets {
            let description = try await updater.requiredTarget(try #require(TargetPath(target)))
            let bytes = try await updater.download(description, from: server.url + "/targets")
            #expect(try bytes == folder.read("targets/" + target), "\(target)")
        }
    }
}

/// Numbers that are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
