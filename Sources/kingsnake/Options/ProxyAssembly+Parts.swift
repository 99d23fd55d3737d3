// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

extension ProxyAssembly.Parts {
    /// Puts together what verifies channels, makes their indexes and knows clients: the one place that names those types.
    ///
    /// As long as nothing here verifies channels, no proxy is made: none passes anything on unverified.
    init(_ needs: ProxyAssembly.Needs) throws {
        throw Failure(
            .configuration,
            "this build of the program has nothing that verifies channels for a proxy"
        )
    }
}
