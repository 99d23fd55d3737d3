// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Who vouches for a package: the security models of channels.
public enum Voucher: Sendable, Equatable {
    /// The channel's online key, through the index: whoever holds it can list any bytes under the name.
    case onlineKey(role: String)
    /// The package's maintainers, with keys of their own, so many of so many of them.
    case maintainers(role: String, threshold: Int, keyCount: Int)
    /// The channel's package keys, which signed the record by conda content trust, so many of so many of them.
    ///
    /// `role` is the TUF role that vouches for the index as well; nil if nobody does, which leaves open what
    /// ``OpenAttack`` lists.
    case packageKeys(threshold: Int, keyCount: Int, role: String?)

    /// In words.
    public var description: String {
        switch self {
        case .onlineKey: "the channel's online key"
        case .maintainers(_, let threshold, let count): "its maintainers (\(threshold) of \(count))"
        case .packageKeys(let threshold, let count, nil):
            "the channel's package keys (\(threshold) of \(count)), and for the index nobody"
        case .packageKeys(let threshold, let count, .some):
            "the channel's package keys (\(threshold) of \(count)) and its online key"
        }
    }

    /// What an attacker who serves the channel can do all the same.
    public var unprotected: [OpenAttack] {
        if case .packageKeys(_, _, nil) = self { return OpenAttack.allCases }
        return []
    }
}

extension Evidence {
    /// Whether everything is signed that the pin demands to be.
    var isSigned: Bool {
        guard let pin else { return false }
        return (!pin.demandsIndex || index != nil)
            && (!pin.demandsRecords || recordSignature?.isEnough == true)
    }

    /// Who vouches for the package, as far as that is shown: nil where nobody does, where a signature is missing
    /// that the pin demands, and where the maintainers must vouch for it and do not.
    public var voucher: Voucher? {
        guard isSigned, let pin, let record, !record.isRemoved else { return nil }
        if let maintainers {
            guard maintainers.agrees(with: record) else { return nil }
            return .maintainers(
                role: maintainers.role,
                threshold: maintainers.threshold,
                keyCount: maintainers.keyCount
            )
        }
        if pin.demandsRecords, let recordSignature {
            return .packageKeys(
                threshold: recordSignature.threshold,
                keyCount: recordSignature.keyCount,
                role: pin.demandsIndex ? index?.role : nil
            )
        }
        return index.map { .onlineKey(role: $0.role) }
    }
}
