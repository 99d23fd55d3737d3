// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF

/// A public key file, and what the key is called after it: `alice` for `keys/alice.pub`.
struct NamedKey {
    let key: PublicKey
    let name: String?

    init(file: String) throws {
        key = try PublicKeyFile.read(file)
        let base = file.split(separator: "/").last.map(String.init) ?? file
        let stem = base.utf8.split(separator: UInt8(ascii: ".")).first.map {
            String(decoding: $0, as: UTF8.self)
        }
        name = stem.flatMap { $0.utf8.count <= RootMetadata.maximumKeyNameLength ? $0 : nil }
    }
}
