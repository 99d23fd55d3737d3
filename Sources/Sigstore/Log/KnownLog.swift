// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// A log of the trusted root, and how its checkpoints are signed.
final class KnownLog: Sendable {
    let log: TrustedRoot.Log
    /// Signs under the log's name, its address without scheme and path (C2SP tlog-checkpoint).
    let verifier: NoteVerifier

    init(_ log: TrustedRoot.Log) {
        self.log = log
        // Logs of the first generation sign by the beginning of their id, whatever the key's type.
        let ids = [log.logID, log.checkpointKeyID ?? []].compactMap { NoteKeyID(prefixOf: $0) }
        verifier = NoteVerifier(name: Self.name(of: log.baseURL), key: log.key, otherKeyIDs: Set(ids))
    }

    /// The host of an address, with the port if there is one.
    private static func name(of address: String) -> String {
        let bytes = Array(address.utf8)
        let scheme = Array("://".utf8)
        let start =
            bytes.indices.first { bytes[$0...].starts(with: scheme) }.map { $0 + scheme.count } ?? 0
        let host = bytes[start...].prefix { $0 != UInt8(ascii: "/") }
        return String(decoding: host, as: UTF8.self)
    }

    /// Whether an entry says that it is in this log.
    func isNamed(by entry: LogEntry) -> Bool {
        entry.logID == log.logID || (!entry.logID.isEmpty && entry.logID == log.checkpointKeyID)
    }

    /// Refuses a checkpoint of a log of another name (`log.checkpoint-origin`).
    ///
    /// In the first generation the name is followed by the number of the tree.
    func check(origin: String, _ generation: LogEntryKind.Generation) throws {
        if ByteKey.areEqual(origin, verifier.name) { return }
        let tree = origin.utf8.dropFirst(verifier.name.utf8.count)
        guard generation == .v1, origin.utf8.starts(with: verifier.name.utf8), tree.starts(with: " - ".utf8),
            tree.count > 3, tree.dropFirst(3).allSatisfy({ (0x30...0x39).contains($0) })
        else {
            throw Refusal(
                LogCode.checkpointOrigin,
                "checkpoint",
                expected: "`\(verifier.name)`",
                found: "`\(origin)`"
            )
        }
    }
}
