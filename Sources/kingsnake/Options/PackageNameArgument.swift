// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats

/// The name of a package on the command line.
struct PackageNameArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The package's name.", valueName: "name"))
    var name: String

    var package: PackageName { get throws { try PackageName(name) } }

    func validate() throws {
        let package = try UsageCheck.value(name) { try PackageName($0) }
        guard !package.isVirtual else { throw ValidationError("`\(name)` is a virtual package") }
    }
}
