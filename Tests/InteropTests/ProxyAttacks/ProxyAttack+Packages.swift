// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import TrustCore

/// What happens to a package on its way, while all indexes are the owner's.
extension ProxyAttack {
    static let isNewPackage: @Sendable (String) -> Bool = { $0.hasSuffix("/tool-2-0.conda") }

    static let packages: [ProxyAttack] = [
        spoiled("package altered", "digest.mismatch", by: .altered),
        spoiled("package shortened", "digest.mismatch", by: .replace([1, 2, 3])),
        spoiled("web page for a package", "digest.mismatch", by: .replace(Array("<html>".utf8))),
        spoiled(
            "package with bytes added",
            "limit.too-large",
            by: .replace(Array(repeating: 0, count: 9999))
        ),
        spoiled("package without an end", "limit.too-large", by: .endless),
        spoiling(
            "package cut off",
            pinned: .unavailable,
            observed: .unavailable,
            isNewPackage,
            by: .truncate(at: 100)
        ),
        spoiling(
            "package withheld",
            pinned: .unavailable,
            observed: .unavailable,
            isNewPackage,
            by: .status(404)
        ),
        ProxyAttack(
            name: "another package in its place",
            pinned: .refused("digest.mismatch"),
            observed: .refused("digest.mismatch")
        ) { channel in
            // Of the same length.
            let length = channel.fixture.packages[1].bytes.count
            let old = channel.fixture.packages[0].bytes + Array(repeating: 0, count: length)
            channel.server.follow { isNewPackage($0.path) ? .replace(Array(old.prefix(length))) : .normal }
        },
        ProxyAttack(
            name: "package from elsewhere",
            pinned: .refused("digest.mismatch"),
            observed: .refused("digest.mismatch"),
            isElsewhere: true
        ) { channel in
            let away = channel.elsewhere.url + "/linux-64/tool-2-0.conda"
            channel.elsewhere.follow { _ in .altered }
            channel.server.follow { isNewPackage($0.path) ? .redirect(to: away) : .normal }
        },
    ]

    private static func spoiled(_ name: String, _ code: Codes, by behaviour: ServerBehaviour) -> ProxyAttack {
        spoiling(name, pinned: .refused(code), observed: .refused(code), isNewPackage, by: behaviour)
    }
}
