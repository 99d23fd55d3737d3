// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// The Python that a prefix has or is about to have: where noarch packages go.
struct PythonSite: Equatable {
    /// The version's first two numbers, such as `3.12`.
    let version: String
    /// Where modules go, relative to the prefix.
    let sitePackages: PrefixPath

    /// Takes a Python of this version; nil if the text is no version of a Python.
    init?(version: String, sitePackages: PrefixPath?) {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false).prefix(2)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let short = parts.joined(separator: ".")
        guard let path = sitePackages ?? PrefixPath("lib/python\(short)/site-packages") else { return nil }
        self.version = short
        self.sitePackages = path
    }

    /// Where a file of a noarch Python package goes.
    func target(of path: PrefixPath) throws -> PrefixPath {
        for (from, to) in [("site-packages/", sitePackages.text), ("python-scripts/", "bin")] {
            guard path.text.utf8.starts(with: from.utf8) else { continue }
            let mapped = "\(to)/\(String(Substring(path.text.utf8.dropFirst(from.utf8.count))))"
            guard let target = PrefixPath(mapped) else {
                throw Refusal(
                    PackageCode.pathUnsafe,
                    path.text,
                    expected: "a path inside the prefix",
                    found: mapped
                )
            }
            return target
        }
        return path
    }
}
