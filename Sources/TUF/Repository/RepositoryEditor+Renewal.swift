// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys

extension RepositoryEditor {
    /// Marks roles to be signed anew by the next ``publish(signers:now:renewingWithin:)``, although nothing
    /// in them changed.
    ///
    /// Roles for which the signers do not suffice are left as they are, see ``status``.
    public mutating func renew(_ names: some Sequence<RoleName>, by signers: [any Signer]) {
        for name in names where published.header(of: name) != nil {
            let quorum = quorum(of: name, among: signers)
            if quorum.present >= quorum.needed { changed.insert(name) }
        }
    }

    /// How many keys must sign a role, and how many of those that may are at hand. Of several delegators the
    /// one counts whose threshold is furthest away.
    public func quorum(of name: RoleName, among signers: [any Signer]) -> (present: Int, needed: Int) {
        let keys = Set(signers.map(\.publicKey))
        let quorums = authorities(for: name).map { authority in
            (present: keys.count { authority.keyID(of: $0) != nil }, needed: authority.role.threshold)
        }
        return quorums.max { $0.needed - $0.present < $1.needed - $1.present } ?? (0, 1)
    }
}
