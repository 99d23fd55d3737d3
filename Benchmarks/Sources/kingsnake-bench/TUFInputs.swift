// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import SigningKeys
import TUF
import TrustCore

/// The repositories that the TUF jobs run on: who signs them, what they hold, and when it is.
enum TUFInputs {
    /// When everything was made. It lives for twenty years, so that the inputs can be kept.
    static let made = Timestamp(seconds: 1_767_225_600)
    /// The moment of every job.
    static let now = made.advanced(bySeconds: 86_400)

    static var lifetimes: RoleLifetimes {
        var lifetimes = RoleLifetimes()
        let years: Int64 = 20 * 365 * 86_400
        (lifetimes.root, lifetimes.targets, lifetimes.delegated) = (years, years, years)
        (lifetimes.snapshot, lifetimes.timestamp) = (years, years)
        return lifetimes
    }

    /// A path as long as those of conda packages are.
    static func path(_ number: Int) throws -> TargetPath {
        let digits = String(number, radix: 16)
        let padded = String(repeating: "0", count: max(0, 7 - digits.utf8.count)) + digits
        return try path(
            "linux-64/package\(number % 40_000)-1.\(number % 7).\(number % 31)-py312h\(padded)_0.conda"
        )
    }

    static func path(_ text: String) throws -> TargetPath {
        guard let path = TargetPath(text) else { throw Failure(.configuration, "no target path", at: text) }
        return path
    }

    /// What is promised about the file of a path; nobody downloads it.
    static func file(_ path: TargetPath) -> TargetFile {
        TargetFile(length: UInt64(10_000 + path.text.utf8.count), hashes: FileHashes([path.hash]))
    }

    static func key(_ path: String) throws -> PrivateKey {
        try PrivateKey(pem: read(path))
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: 1 << 30) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }
}
