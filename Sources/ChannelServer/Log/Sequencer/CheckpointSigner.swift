// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
public import SigningKeys
internal import TrustCore

/// Signs the checkpoints of a server's logs, and remembers outside the database what it signed last.
///
/// So a database from an old backup, or a second process with the same key, is found before it signs another
/// history. What is remembered is written, and on the disk, before the signature is made.
public actor CheckpointSigner {
    private static let keyFile = "key.json"
    private static let memorySuffix = ".signed"
    private let folder: String
    private let signer: any Signer
    private let lock: FileLock

    /// Opens a folder with a key; makes both where there is none.
    ///
    /// The key is not encrypted, because a server starts without anybody to ask: whoever can read the folder
    /// can sign as the log. Witnesses are what helps against that.
    ///
    /// - Throws: a `Failure` for trouble with the disk, or if another process is at work there; a `key.…`
    ///   code.
    public init(folder: String) throws {
        try Folder.createDurably(folder, mode: 0o700)
        let lock = try FileLock(folder + "/lock", waiting: false)
        let path = folder + "/" + Self.keyFile
        let key: PrivateKey
        if Folder.exists(path) {
            key = try KeyFile.read(path).unlock { nil }
        } else {
            key = try PrivateKey.generate(.ed25519)
            try KeyFile.write(key, to: path, protection: .unsafelyUnencrypted)
        }
        self.init(folder: folder, lock: lock, signer: key)
    }

    /// Signs with another signer, such as a token's Ed25519 key, and remembers in a folder.
    public init(folder: String, signer: any Signer) throws {
        try Folder.createDurably(folder, mode: 0o700)
        self.init(folder: folder, lock: try FileLock(folder + "/lock", waiting: false), signer: signer)
    }

    private init(folder: String, lock: FileLock, signer: any Signer) {
        self.folder = folder
        self.lock = lock
        self.signer = signer
    }

    /// What the checkpoints of a log are verified with.
    ///
    /// - Throws: `log-policy.key` if the signer's key is not an Ed25519 key.
    public func key(of origin: String) throws -> NoteKey {
        try NoteKey(
            name: origin,
            use: .notes,
            key: VerificationKey(subjectPublicKeyInfo: signer.publicKey.subjectPublicKeyInfo)
        )
    }

    /// What was signed last for a log; nil for nothing.
    ///
    /// - Throws: a `note.…` code for a file that is not what was written.
    func head(of origin: String) throws -> LogSituation.Head? {
        try Self.head(of: origin, in: folder)
    }

    /// What was signed last, for each log that anything was signed for by the key in a folder; read without its lock.
    ///
    /// - Throws: a `note.…` code for a file that is not what was written.
    static func checkpoints(in folder: String) throws -> [Checkpoint] {
        guard Folder.exists(folder) else { return [] }
        return try Folder.names(in: folder).filter { $0.hasSuffix(memorySuffix) && !$0.hasPrefix(".") }
            .sorted()
            .compactMap { name in
                try DurableFile.read(folder + "/" + name, maximumLength: SignedNote.maximumLength)
                    .map { try Checkpoint(text: String(decoding: $0, as: UTF8.self)) }
            }
    }

    /// What was signed last for a log by the key in a folder, read without its lock.
    static func head(of origin: String, in folder: String) throws -> LogSituation.Head? {
        let path = memory(of: origin, in: folder)
        guard let bytes = try DurableFile.read(path, maximumLength: SignedNote.maximumLength) else {
            return nil
        }
        let checkpoint = try Checkpoint(text: String(decoding: bytes, as: UTF8.self))
        return LogSituation.Head(size: checkpoint.size, root: checkpoint.root)
    }

    /// Signs a checkpoint, unless something was signed that it does not go on from.
    ///
    /// - Throws: `publish-log.database-behind` for a smaller size than the last one,
    ///   `publish-log.second-root` for another root of the same size; a `Failure` if the signer does not
    ///   sign.
    func sign(_ checkpoint: Checkpoint) async throws -> SignedNote {
        if let head = try head(of: checkpoint.origin) {
            guard head.size <= checkpoint.size else {
                throw Refusal(
                    PublishLogCode.databaseBehind,
                    "log `\(checkpoint.origin)`",
                    expected: "at least \(head.size) entries, which were signed",
                    found: "\(checkpoint.size)"
                )
            }
            guard head.size < checkpoint.size || head.root == checkpoint.root else {
                throw Refusal(
                    PublishLogCode.secondRoot,
                    "log `\(checkpoint.origin)` at \(head.size) entries",
                    expected: Hex.encode(head.root),
                    found: Hex.encode(checkpoint.root)
                )
            }
        }
        let key = try key(of: checkpoint.origin)
        try DurableFile.write(
            Array(checkpoint.text.utf8),
            to: Self.memory(of: checkpoint.origin, in: folder),
            mode: 0o600
        )
        var note = try SignedNote(text: checkpoint.text)
        let signature = try await signer.sign(Array(checkpoint.text.utf8))
        note.add(try NoteSignature(name: checkpoint.origin, keyID: key.keyID, bytes: signature))
        try note.verify(by: key.verifier)
        return note
    }

    /// The log's key in a folder, without its lock; nil if there is none.
    ///
    /// - Throws: a `key.…` code, or a `Failure`.
    static func key(of origin: String, in folder: String) throws -> NoteKey? {
        let path = folder + "/" + keyFile
        guard Folder.exists(path) else { return nil }
        return try NoteKey(
            name: origin,
            use: .notes,
            key: VerificationKey(
                subjectPublicKeyInfo: try KeyFile.read(path).unlock { nil }.publicKey.subjectPublicKeyInfo
            )
        )
    }

    private static func memory(of origin: String, in folder: String) -> String {
        "\(folder)/\(Digest.of(Array(origin.utf8)).hex)\(memorySuffix)"
    }
}
