// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation

/// The server's own statements about files (`FILE.kingsnake.dsse.json`), read with decoders and signature
/// checks that are not the server's.
struct ServerStatements: Sendable {
    private struct Envelope: Decodable {
        struct Signature: Decodable { let sig: String }
        let payload: String
        let payloadType: String
        let signatures: [Signature]
    }
    private struct Statement: Decodable {
        struct Subject: Decodable { let digest: [String: String] }
        struct Predicate: Decodable { let log_index: Int }
        let subject: [Subject]
        let predicate: Predicate
    }
    private struct Root: Decodable {
        struct Key: Decodable {
            struct Value: Decodable { let `public`: String }
            let keyval: Value
        }
        struct Role: Decodable { let keyids: [String] }
        struct Signed: Decodable {
            let keys: [String: Key]
            let roles: [String: Role]
        }
        let signed: Signed
    }

    /// Keys of timestamps, which are those of statements.
    private let keys: [Curve25519.Signing.PublicKey]

    /// - Parameter root: a channel's root.
    init(root: [UInt8]) {
        let signed = (try? JSONDecoder().decode(Root.self, from: Data(root)))?.signed
        keys = (signed?.roles["timestamp"]?.keyids ?? []).compactMap { id in
            guard let text = signed?.keys[id]?.keyval.public else { return nil }
            let bytes = stride(from: 0, to: text.utf8.count - 1, by: 2).compactMap { offset in
                UInt8(text.dropFirst(offset).prefix(2), radix: 16)
            }
            return try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        }
    }

    /// What is wrong with a statement about a file; nil for nothing.
    ///
    /// - Parameter entries: the log.
    func defect(_ bytes: [UInt8], of name: HostedName, sha256: String, in entries: [[UInt8]]) -> String? {
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(bytes)),
            let payload = Data(base64Encoded: envelope.payload),
            let statement = try? JSONDecoder().decode(Statement.self, from: payload)
        else { return "its statement cannot be read" }
        let type = envelope.payloadType
        let signed = Data("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
        let isSigned = envelope.signatures.contains { signature in
            guard let bytes = Data(base64Encoded: signature.sig) else { return false }
            return keys.contains { $0.isValidSignature(bytes, for: signed) }
        }
        guard isSigned else { return "its statement is not signed by the channel's online key" }
        guard statement.subject.map({ $0.digest["sha256"] }) == [sha256] else {
            return "its statement is about another file"
        }
        let index = statement.predicate.log_index
        guard entries.indices.contains(index),
            let entry = try? JSONDecoder().decode(LogChecks.Entry.self, from: Data(entries[index])),
            entry.type == "publish", entry.name == name, entry.sha256 == sha256
        else { return "its statement names entry \(index) of the log, which is another" }
        return nil
    }
}
