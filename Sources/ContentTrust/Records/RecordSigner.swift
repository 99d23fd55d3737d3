// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// Signs the records of an index, on all cores, in memory that does not grow with their number.
///
/// Keys in memory sign where the record is read. All others, such as those of hardware tokens, are asked for one
/// signature after the other, in the order of the records, and what they answer is verified.
public struct RecordSigner: Sendable {
    /// The bytes that are signed of a record in a form; nil if the record cannot be signed in it.
    public typealias Message = @Sendable (RecordForm, RecordText) throws -> [UInt8]?

    private struct Key: Sendable {
        let name: TrustKey
        let signer: any Signer
        /// The same, where it is in memory.
        let inMemory: PrivateKey?
        let form: RecordForm
    }

    /// A record with the signatures there are, and the messages for signers that are still to be asked.
    private struct Unfinished: Sendable {
        let record: RecordText
        var signatures: [TrustSignature?]
        var messages: [(key: Int, bytes: [UInt8])] = []
    }

    private let keys: [Key]
    private let message: Message

    /// Takes the keys, each with the form it signs in.
    ///
    /// - Parameter message: what is signed of a record; of ``RecordForm/full`` that is ``RecordText/canonical()``.
    /// - Throws: a `Refusal` with `content-trust.key-type`, or `content-trust.duplicate-key`: a record has one
    ///   signature by a key.
    public init(_ signers: [(signer: any Signer, form: RecordForm)], message: @escaping Message) throws {
        keys = try signers.map { signer, form in
            let name = try TrustKey(signer.publicKey)
            return Key(name: name, signer: signer, inMemory: signer as? PrivateKey, form: form)
        }
        guard Set(keys.map(\.name)).count == keys.count else {
            throw Refusal(ContentTrustCode.duplicateKey, "keys that sign records", expected: "each key once")
        }
        self.message = message
    }

    /// Signs records.
    ///
    /// - Parameters:
    ///   - records: The records; they are taken as they are needed.
    ///   - lanes: How many pieces of work may exist at a time: more than there are cores.
    ///   - progress: Told from time to time how many records are done.
    ///   - each: Given each record, in order, and its signatures, in the order of the keys.
    /// - Throws: a `Refusal` for a record that cannot be signed, what a signer or the receiver throws, or a
    ///   `CancellationError`.
    public func sign(
        isolation: isolated (any Actor)? = #isolation,
        _ records: some Sequence<RecordText>,
        lanes: Int = 16,
        progress: (Int) -> Void = { _ in },
        _ each: (RecordText, [TrustSignature]) throws -> Void
    ) async throws {
        var done = 0
        let work = OrderedWork<RecordText, Unfinished>(lanes: lanes) { try $0.map(begin) }
        try await work.run(records) { batch in
            for unfinished in batch {
                try each(unfinished.record, try await finish(unfinished))
            }
            done += batch.count
            progress(done)
        }
    }

    private func begin(_ record: RecordText) throws -> Unfinished {
        try Task.checkCancellation()
        var unfinished = Unfinished(record: record, signatures: Array(repeating: nil, count: keys.count))
        var messages: [RecordForm: [UInt8]?] = [:]
        for (at, key) in keys.enumerated() {
            let known = messages[key.form]
            let bytes = try known ?? message(key.form, record)
            messages.updateValue(bytes, forKey: key.form)
            guard let bytes else { continue }
            if let inMemory = key.inMemory {
                unfinished.signatures[at] = TrustSignature(
                    keyID: key.name.hex,
                    value: try inMemory.sign(bytes)
                )
            } else {
                unfinished.messages.append((at, bytes))
            }
        }
        return unfinished
    }

    private func finish(_ unfinished: Unfinished) async throws -> [TrustSignature] {
        var signatures = unfinished.signatures
        for (at, bytes) in unfinished.messages {
            try Task.checkCancellation()
            let key = keys[at]
            let value = try await key.signer.sign(bytes)
            guard key.name.publicKey.isValid(signature: value, for: bytes) else {
                throw Failure(
                    .configuration,
                    "the signer of key \(key.name) answered something that is no signature by it of "
                        + unfinished.record.fileName
                )
            }
            signatures[at] = TrustSignature(keyID: key.name.hex, value: value)
        }
        return signatures.compactMap { $0 }
    }
}
