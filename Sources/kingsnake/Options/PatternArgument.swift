// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustPolicy

/// The packages that an entry of the owner's policy is about.
struct PatternArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The packages: a name, `prefix-*` or `*`.", valueName: "pattern"))
    var pattern: String

    func validate() throws { _ = try value }

    var value: PackagePattern {
        get throws {
            guard let value = PackagePattern(pattern) else {
                throw ValidationError("`\(pattern)`: expected a package's name, `prefix-*` or `*`")
            }
            return value
        }
    }
}
