// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Who vouches for a package: the two security models of a signed channel.
public enum Voucher: Sendable, Equatable {
    /// The channel's online key, through the index: whoever holds it can list any bytes under the name.
    case onlineKey(role: String)
    /// The package's maintainers, with keys of their own, so many of so many of them.
    case maintainers(role: String, threshold: Int, keyCount: Int)

    /// In words.
    public var description: String {
        switch self {
        case .onlineKey: "the channel's online key"
        case .maintainers(_, let threshold, let count): "its maintainers (\(threshold) of \(count))"
        }
    }
}

extension Evidence {
    /// Who vouches for the package, as far as that is shown: nil where nobody does, and where the maintainers
    /// must and do not.
    public var voucher: Voucher? {
        guard let index, let record, !record.isRemoved else { return nil }
        guard let maintainers else { return .onlineKey(role: index.role) }
        guard maintainers.agrees(with: record) else { return nil }
        return .maintainers(
            role: maintainers.role,
            threshold: maintainers.threshold,
            keyCount: maintainers.keyCount
        )
    }
}
