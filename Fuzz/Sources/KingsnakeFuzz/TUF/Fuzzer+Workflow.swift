// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TrustCore

extension Fuzzer {
    /// Updates of a TUF client against a repository that says what the input says, one file a line.
    ///
    /// A line of JSON becomes a signed part and is signed with the key that the client trusts, so that the rules
    /// behind the signatures are reached; `-` is a file that is not there; `=` ends the update and starts
    /// another one from what was stored; anything else arrives as it is.
    static let tufWorkflow = Fuzzer("tuf-workflow") { bytes in
        var session = try ClientSession(lines: InputParts(bytes).lines(24))
        while session.hasLines { try session.update() }
    }
}

/// A client that updates again and again, from the store that the updates before have left.
private struct ClientSession {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private let repository: SignedLines
    private var lines: ArraySlice<String>
    private var store: [StoredMetadata: [UInt8]] = [:]

    var hasLines: Bool { !lines.isEmpty }

    init(lines: [String]) throws {
        repository = try SignedLines()
        self.lines = lines[...]
    }

    mutating func update() throws {
        var workflow = try UpdateWorkflow(trustedRoot: repository.root, now: Self.now)
        let before = storedTimestamp
        var wasReset = false
        defer { lines = lines.drop { $0 != "=" }.dropFirst() }
        _ = try Finding.accepted {
            try run(&workflow, workflow.start(), &wasReset)
            try search(&workflow, &wasReset)
        }
        if let before, !wasReset {
            Finding.unless(storedTimestamp.map { $0 >= before } ?? false, "the stored timestamp went back")
        }
        let role = workflow.trusted.root.role
        Finding.unless(role.version >= 1, "the root went back")
    }

    private var storedTimestamp: Int64? {
        store[.role(.timestamp)].flatMap {
            try? SignedMetadata<TimestampMetadata>(parsing: $0, as: .timestamp).role.version
        }
    }

    private mutating func run(
        _ workflow: inout UpdateWorkflow,
        _ start: WorkflowStep,
        _ wasReset: inout Bool
    ) throws {
        var step = start
        for _ in 0..<1_000 {
            for change in step.changes { apply(change, &wasReset) }
            guard let request = step.next else { return }
            let version = workflow.trusted.root.role.version
            step = try workflow.receive(answer(to: request), to: request)
            Finding.unless(workflow.trusted.root.role.version >= version, "the root went back")
        }
        Finding.report("an update without end")
    }

    private mutating func apply(_ change: StoreChange, _ wasReset: inout Bool) {
        switch change {
        case .write(let bytes, let file): store[file] = bytes
        case .remove(let file):
            store[file] = nil
            wasReset = true
        }
    }

    private mutating func answer(to request: MetadataRequest) -> [UInt8]? {
        guard case .repository(let fileName, let maximumLength) = request.source else {
            return store[request.stored]
        }
        Finding.unless(PlainRules.isName(fileName), "`\(fileName)` is no file")
        Finding.unless((0...(1 << 30)).contains(maximumLength), "a length of \(maximumLength)")
        guard let line = lines.first, line != "=" else { return nil }
        lines = lines.dropFirst()
        return repository.answer(line)
    }

    private mutating func search(_ workflow: inout UpdateWorkflow, _ wasReset: inout Bool) throws {
        for path in ["a/b", "c"].compactMap({ TargetPath($0) }) {
            var search = TargetSearch(for: path)
            searching: while true {
                switch try search.advance(in: workflow.trusted) {
                case .load(let role): try run(&workflow, workflow.load(role), &wasReset)
                case .found(let target):
                    Finding.unlessEqual(target.path, path, "what was found")
                    break searching
                case .absent: break searching
                }
            }
        }
        guard let name = RoleName("d") else { return }
        var listing = RoleListing(of: name)
        while case .load(let role) = try listing.advance(in: workflow.trusted) {
            try run(&workflow, workflow.load(role), &wasReset)
        }
    }
}

/// Lines of an input as files that the one key of a repository has signed.
private struct SignedLines {
    /// A key for this fuzzer, which the whole world knows.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIGtpbmdzbmFrZSBmdXp6aW5nOiBub3QgYSBzZWNyZXQh
        -----END PRIVATE KEY-----
        """

    let root: [UInt8]
    private let key: PrivateKey
    private let id: KeyID

    init() throws { self = try Self.made.get() }

    private static let made = Result { try SignedLines(PrivateKey(pem: Array(pem.utf8))) }

    private init(_ key: PrivateKey) throws {
        self.key = key
        id = KeyDefinition(key.publicKey).computedID
        let role = RoleSetup([key.publicKey])
        let header = MetadataHeader(version: 1, expires: Timestamp(seconds: 2_000_000_000))
        let metadata = try RootMetadata(
            header: header,
            root: role,
            timestamp: role,
            snapshot: role,
            targets: role
        )
        root = try Self.sign(metadata.encoded(), key, id)
    }

    private static func sign(_ object: JSONObject, _ key: PrivateKey, _ id: KeyID) throws -> [UInt8] {
        var envelope = try MetadataEnvelope(signed: object)
        let signature = try key.sign(envelope.signedBytes)
        // Metadata in an input can list the key as `k`.
        for keyID in [id.text, "k"] { envelope.add(Signature(keyID: keyID, bytes: signature)) }
        return envelope.encoded()
    }

    /// The file that a line stands for; nil if it is not there.
    func answer(_ line: String) -> [UInt8]? {
        guard line != "-" else { return nil }
        let bytes = Array(line.utf8)
        guard let object = try? JSONReader.read(bytes, of: "line").object,
            let file = try? Self.sign(object, key, id)
        else { return bytes }
        return file
    }
}
