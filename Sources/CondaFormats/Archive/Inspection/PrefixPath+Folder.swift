// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Questions that are asked of every entry of an archive, answered without making another path.
extension PrefixPath {
    /// Whether the path is one component below a folder.
    package func isDirectly(in folder: PrefixPath) -> Bool {
        let equal = text.utf8.withContiguousStorageIfAvailable { own in
            folder.text.utf8.withContiguousStorageIfAvailable { above in
                let length = above.count
                guard own.count > length + 1, own[length] == UInt8(ascii: "/") else { return false }
                for at in 0..<length where own[at] != above[at] { return false }
                for at in (length + 1)..<own.count where own[at] == UInt8(ascii: "/") { return false }
                return true
            }
        }
        return (equal ?? nil) ?? (parent == folder)
    }

    /// How many components there are.
    var depth: Int { text.utf8.reduce(1) { $1 == UInt8(ascii: "/") ? $0 + 1 : $0 } }

    /// Whether this is the folder `info`, or something in it.
    var isInfo: Bool {
        var rest = text.utf8[...]
        for byte in "info".utf8 where rest.popFirst() != byte { return false }
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}
