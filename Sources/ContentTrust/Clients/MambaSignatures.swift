// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Signatures as mamba 2.8 reads and counts them (libmamba, `check_signatures`, `verify`, `verify_gpg`).
struct MambaSignatures {
    private var entries: [(keyID: String, signature: String, headers: String)] = []

    /// Reads `{"<key>": {"signature": …}}`, or the array of version 1.
    init(_ value: JSONValue?, _ format: MambaRole.Format) throws(MambaRole.TrustError) {
        switch format {
        case .v06:
            guard let members = value?.object?.members else { throw Self.typeError }
            for member in members {
                guard let fields = member.value.object, fields.members.allSatisfy({ $0.value.string != nil })
                else {
                    throw Self.typeError
                }
                guard let signature = fields["signature"]?.string else {
                    throw MambaRole.TrustError(unexpected: "map::at")
                }
                entries.append((member.key, signature, fields["other_headers"]?.string ?? ""))
            }
        case .v1:
            guard let elements = value?.array else { throw Self.typeError }
            for element in elements {
                guard let keyID = element.object?["keyid"]?.string,
                    let signature = element.object?["sig"]?.string
                else {
                    throw Self.typeError
                }
                let headers = element.object?["other_headers"]
                guard headers == nil || headers?.string != nil else { throw Self.typeError }
                // Of two by one key the first counts.
                guard !entries.contains(where: { ByteKey.areEqual($0.keyID, keyID) }) else { continue }
                entries.append((keyID, signature, headers?.string ?? ""))
            }
        }
    }

    /// Whether enough of the keys have signed, as mamba counts: by the name of the key, not by the key.
    func satisfy(_ keys: MambaRole.Keys, over data: [UInt8]) -> Bool {
        let good = entries.count { entry in
            keys.values[ByteKey(entry.keyID)].map { Self.counts(entry.signature, entry.headers, $0, data) }
                ?? false
        }
        return UInt64(good) >= keys.threshold
    }

    private static func counts(_ signature: String, _ headers: String, _ key: String, _ data: [UInt8]) -> Bool
    {
        guard !headers.isEmpty else {
            return bytes(signature, 64).map { verify($0, key, data) } ?? false
        }
        // Where a wrapped signature, its key or its headers have a character that is no hexadecimal digit, mamba
        // returns the error as its status, 1, which is also the status of a good signature.
        guard let value = bytes(signature, 64), bytes(key, 32) != nil else { return true }
        guard headers.utf8.count.isMultiple(of: 2) else { return false }
        guard let headers = Hex.decode(headers) else { return true }
        return verify(value, key, OpenPGPHeaders.digest(of: data, behind: headers))
    }

    /// As many bytes as there should be; what is missing is zero. Too many, which mamba writes over what lies behind,
    /// are as good as none here.
    private static func bytes(_ text: String, _ count: Int) -> [UInt8]? {
        guard let bytes = Hex.decode(text) else { return nil }
        return Array((bytes + [UInt8](repeating: 0, count: count)).prefix(count))
    }

    // A key that is refused here as unsafe verifies nothing; mamba does not look.
    private static func verify(_ signature: [UInt8], _ key: String, _ data: [UInt8]) -> Bool {
        guard let key = bytes(key, 32), let publicKey = try? PublicKey(ed25519: key) else { return false }
        return publicKey.isValid(signature: signature, for: data)
    }

    private static let typeError = MambaRole.TrustError(unexpected: "json.exception.type_error")
}
