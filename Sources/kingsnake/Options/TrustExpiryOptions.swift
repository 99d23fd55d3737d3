// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ContentTrust
import TrustCore

/// How long what a ceremony of conda content trust signs is good.
struct TrustExpiryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long the root is good, from now on.", valueName: "time"))
    var rootLifetime = Lifetime(days: 365)
    @Option(help: ArgumentHelp("How long the list of package keys is good, from now on.", valueName: "time"))
    var managerLifetime = Lifetime(days: 365)
    @Option(help: ArgumentHelp("How long pkg_mgr.json, for mamba, is good, from now on.", valueName: "time"))
    var packageManagerLifetime = Self.packageManagerDefault

    static let packageManagerDefault = Lifetime(days: 90)

    func options(_ now: Timestamp) -> TrustDraft.Options {
        TrustDraft.Options(
            rootExpires: now.advanced(bySeconds: rootLifetime.seconds),
            keyManagerExpires: now.advanced(bySeconds: managerLifetime.seconds)
        )
    }
}
