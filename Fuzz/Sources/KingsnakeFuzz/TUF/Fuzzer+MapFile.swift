// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TUF
import TrustCore

extension Fuzzer {
    /// A map file of several repositories: whatever is accepted keeps the rules of TAP 4, and names that are
    /// folders'.
    static let mapFile = Fuzzer("map-file") { bytes in
        let map = try RepositoryMap(parsing: bytes)
        let names = map.repositories.map(\.name)
        Finding.unlessEqual(Set(names.map { $0.text.lowercased() }).count, names.count, "folders")
        for repository in map.repositories {
            Finding.unless(isFolder(repository.name.text), "`\(repository.name)` is no folder")
            Finding.unless(!repository.urls.isEmpty, "`\(repository.name)` has no address")
        }
        for mapping in map.mappings {
            Finding.unless((1...mapping.repositories.count).contains(mapping.threshold), "the threshold")
            Finding.unlessEqual(Set(mapping.repositories).count, mapping.repositories.count, "members")
            Finding.unless(mapping.repositories.allSatisfy { names.contains($0) }, "an unknown repository")
            Finding.unless(!mapping.patterns.isEmpty, "no pattern")
            for path in ["a/b", "c"].compactMap({ TargetPath($0) }) { _ = mapping.covers(path) }
        }
    }

    private static func isFolder(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains {
                $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
            }
    }
}
