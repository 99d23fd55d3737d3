// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

/// What became of one record of an index: its signatures, or why it must have none.
struct SignedRecord: Sendable {
    /// SHA-256 of the file name and the record's very bytes.
    let digest: ArraySlice<UInt8>
    /// The signatures: for each a byte with the number of its key, and 64 bytes; in the order of the keys.
    private(set) var packed: [UInt8]
    /// Whether mamba's form of it cannot be made, so that mamba will not accept it.
    var hasNoMambaForm = false
    /// Whether keys have to sign that were not at hand.
    var isLacking = false
    /// How many signatures were made, and not kept.
    var madeCount = 0
    /// Why it must not be signed.
    var defect: Refusal?

    /// How many bytes a signature takes.
    static let stride = 1 + 64

    init(digest: ArraySlice<UInt8>, packed: [UInt8] = []) {
        self.digest = digest
        self.packed = packed
    }

    var count: Int { packed.count / Self.stride }
    /// The number of the key of each signature.
    var members: [Int] { (0..<count).map { Int(packed[$0 * Self.stride]) } }

    func isSigned(by member: Int) -> Bool {
        Swift.stride(from: 0, to: packed.count, by: Self.stride).contains { Int(packed[$0]) == member }
    }

    /// Puts a signature in; one by the same key, or of another length, is left out.
    mutating func add(_ signature: some Collection<UInt8>, by member: Int) {
        guard signature.count == 64, let number = UInt8(exactly: member), !isSigned(by: member) else {
            return
        }
        let at = members.firstIndex { $0 > member } ?? count
        packed.insert(contentsOf: [number] + signature, at: at * Self.stride)
    }

    func signature(_ at: Int) -> ArraySlice<UInt8> {
        packed[(at * Self.stride + 1)..<((at + 1) * Self.stride)]
    }

    mutating func removeSignatures() { packed = [] }

    /// Whether enough keys of each form have signed.
    func isComplete(_ keys: RecordKeys) -> Bool {
        keys.forms.allSatisfy { form in
            if form == .mamba, hasNoMambaForm { return true }
            return members.count { keys.members[$0].form == form } >= keys.threshold
        }
    }

    /// The signatures as the index has them, `{"<key>":{"signature":"<hex>"},…}`; nil if there is none.
    func json(_ keys: RecordKeys) -> [UInt8]? {
        guard count > 0 else { return nil }
        let signatures = members.enumerated().map { at, member in
            TrustSignature(keyID: keys.members[member].key.hex, value: Array(signature(at)))
        }
        var out: [UInt8] = []
        out.reserveCapacity(count * 220)
        RecordSignatures.write(signatures, to: &out)
        return out
    }
}
