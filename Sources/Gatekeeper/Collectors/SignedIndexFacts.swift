// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TUF
import TrustCore
import TrustPolicy

extension SignedIndex {
    /// The facts about an index file, out of the metadata that was in force when it was verified.
    init(_ target: TargetDescription, in trusted: TrustedMetadata) {
        let root = trusted.root.role
        var versions = ["root": root.version]
        var expiries = [root.expires]
        if let timestamp = trusted.timestamp?.role {
            versions["timestamp"] = timestamp.version
            expiries.append(timestamp.expires)
        }
        if let snapshot = trusted.snapshot?.role {
            versions["snapshot"] = snapshot.version
            expiries.append(snapshot.expires)
            versions[target.role.text] = snapshot.files[target.role]?.version
        }
        // Once a role on the way is too old, clients refuse what is below it.
        for (name, metadata) in trusted.vouching(for: target) {
            versions[name.text] = metadata.version
            expiries.append(metadata.expires)
        }
        self.init(
            role: target.role.text,
            file: target.path.text,
            versions: versions,
            expires: expiries.min() ?? root.expires
        )
    }
}
