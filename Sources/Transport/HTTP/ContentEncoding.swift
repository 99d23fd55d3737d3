// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Which `Content-Encoding` we take, having asked for none.
enum ContentEncoding {
    /// Refuses (`fetch.encoding`) an answer that was compressed for the transfer.
    ///
    /// Some servers label a file that *is* compressed with its own compression (`AddEncoding x-bzip2 .bz2`):
    /// that label describes the very bytes we asked for, so it is taken. If it is a lie, the digest differs.
    static func check(_ values: [String], of target: String, at location: RedactedURL) throws {
        let path = target.utf8.prefix { $0 != 0x3F }
        for value in values.flatMap({ $0.split(separator: ",") }) {
            let name = value.filter { $0 != " " && $0 != "\t" }.lowercased()
            guard
                name.isEmpty || name == "identity"
                    || labels(of: String(decoding: Array(path), as: UTF8.self)).contains(name)
            else {
                throw Refusal(
                    TransportCode.encoding,
                    location.description,
                    at: location.description,
                    expected: "identity",
                    found: String(name.prefix(40))
                )
            }
        }
    }

    private static func labels(of path: String) -> [String] {
        if path.hasSuffix(".bz2") { return ["bzip2", "x-bzip2"] }
        if path.hasSuffix(".zst") { return ["zstd"] }
        if path.hasSuffix(".gz") { return ["gzip", "x-gzip"] }
        return []
    }
}
