// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Who vouches for a package: the security models of channels.
public enum Voucher: Sendable, Equatable {
    /// The channel's online key, through the index: whoever holds it can list any bytes under the name.
    case onlineKey(role: String)
    /// The package's maintainers, with keys of their own, so many of so many of them.
    case maintainers(role: String, threshold: Int, keyCount: Int)
    /// The channel's package keys, which signed the record by conda content trust, so many of so many of
    /// them.
    ///
    /// `role` is the TUF role that vouches for the index as well; nil if nobody does, which leaves open what
    /// ``OpenAttack`` lists.
    case packageKeys(threshold: Int, keyCount: Int, role: String?)

    /// Publishers whom the channel's owner or the user allows, by attestations to these very bytes; so many
    /// must.
    ///
    /// `role` is the TUF role that vouches for the index as well; nil if nobody does.
    case publishers(names: [String], threshold: Int, role: String?)

    /// In words.
    public var description: String {
        switch self {
        case .publishers(let names, _, let role):
            "its publisher" + (names.count == 1 ? " " : "s ") + names.joined(separator: " and ")
                + (role == nil ? ", and for the index nobody" : "")
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
        switch self {
        case .packageKeys(_, _, nil), .publishers(_, _, nil): OpenAttack.allCases
        default: []
        }
    }
}

extension Evidence {
    /// Whether everything is signed that the pin demands to be.
    var isSigned: Bool {
        guard let pin, pin != .observed else { return false }
        return (!pin.demandsIndex || index != nil)
            && (!pin.demandsRecords || recordSignature?.isEnough == true)
    }

    /// Who vouches for the package, as far as that is shown: nil where nobody does, where a signature is
    /// missing that the pin demands, and where the maintainers must vouch for it and do not.
    public var voucher: Voucher? {
        if pin == .observed { return record?.isRemoved == false ? publishingVoucher(.observed) : nil }
        guard isSigned, let pin, let record, !record.isRemoved else { return nil }
        if let maintainers {
            guard maintainers.agrees(with: record) else { return nil }
            return .maintainers(
                role: maintainers.role,
                threshold: maintainers.threshold,
                keyCount: maintainers.keyCount
            )
        }
        if let publishers = publishingVoucher(pin) { return publishers }
        if pin.demandsRecords, let recordSignature {
            return .packageKeys(
                threshold: recordSignature.threshold,
                keyCount: recordSignature.keyCount,
                role: pin.demandsIndex ? index?.role : nil
            )
        }
        return index.map { .onlineKey(role: $0.role) }
    }

    /// The publishers that were demanded and are there, of the strongest demand that is enforced.
    private func publishingVoucher(_ pin: ChannelPin) -> Voucher? {
        guard let demand = publisherJudgements.first(where: { $0.isSatisfied }) else { return nil }
        return .publishers(
            names: demand.count.counted.map { PublisherIdentity($0.attestation).description },
            threshold: demand.entry.threshold,
            role: pin.demandsIndex ? index?.role : nil
        )
    }
}
