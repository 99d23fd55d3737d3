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
            let isSignable = authorities(for: name).allSatisfy { authority in
                let present = Set(signers.map(\.publicKey).filter { authority.keyID(of: $0) != nil })
                return present.count >= authority.role.threshold
            }
            if isSignable { changed.insert(name) }
        }
    }
}
