// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension WebAddress {
    /// User and password, decoded; nil if the URL has none or they are not text.
    var credentials: (user: String, password: String)? {
        guard let userInfo, !userInfo.isEmpty else { return nil }
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentEncoding.decode(parts[0]) else { return nil }
        guard parts.count == 2 else { return (user, "") }
        guard let password = PercentEncoding.decode(parts[1]) else { return nil }
        return (user, password)
    }
}
