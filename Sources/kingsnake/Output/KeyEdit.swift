// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import SigningKeys
import TUF

/// `LEFT=RIGHT` on the command line, split at the first `=`.
struct Assignment: ExpressibleByArgument {
    let left: String
    let right: String

    init?(argument: String) {
        let parts = argument.utf8.split(
            separator: UInt8(ascii: "="),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        left = String(decoding: parts[0], as: UTF8.self)
        right = String(decoding: parts[1], as: UTF8.self)
    }

    /// The left side as a role.
    var role: CeremonyRole {
        get throws {
            guard let role = CeremonyRole(left) else { throw ValidationError("`\(left)` cannot name a role") }
            return role
        }
    }

    /// The left side as the name of a package.
    var package: PackageName {
        get throws {
            let package = try UsageCheck.value(left) { try PackageName($0) }
            guard !package.isVirtual else { throw ValidationError("`\(left)` is a virtual package") }
            return package
        }
    }

    /// The right side as a number.
    var number: Int {
        get throws {
            guard let number = Int(right) else { throw ValidationError("`\(right)` is not a number") }
            return number
        }
    }
}

extension KeyReference {
    /// A public key file if there is one of that name; else a name, or the beginning of a fingerprint or id.
    init(argument: String) throws {
        let isFile = Folder.exists(argument) && !Folder.isFolder(argument)
        self = isFile ? .key(try PublicKeyFile.read(argument)) : .text(argument)
    }
}
