// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats

/// A package of a channel, as the command line names it.
struct ListedPackageArguments: ParsableArguments {
    @Argument(help: "The channel's canonical URL.")
    var url: String

    @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
    var package: String

    func validate() throws {
        try TrustPublisher.check(url, nil)
        _ = try UsageCheck.value(package) { try PackageName($0) }
    }

    var channel: ChannelURL { get throws { try ChannelURL(url) } }
    var name: PackageName { get throws { try PackageName(package) } }
}
