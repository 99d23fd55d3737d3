// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// An index that nobody signs, in the cache, under the digest of what is kept of it.
protocol ObservedContent: Sendable {
    /// The names under which a channel may have it, in the order in which they are tried.
    static var forms: [String] { get }
    /// The longest file that is fetched under a name.
    static func limit(of form: String) -> Int
    /// Whether a file is kept decompressed.
    static func isDecompressed(_ form: String) -> Bool

    /// The digest of what is kept.
    var digest: Digest { get }

    /// Opens what has a digest; nil if it is not in the cache, or not what its name says.
    ///
    /// - Throws: a `Refusal` if it is no index of this subdir, or if it leads out of the channel.
    init?(_ digest: Digest, in cache: BlobCache, of subdir: Subdir, channel: ChannelURL) throws
}

extension ObservedText: ObservedContent {
    static let forms = ["repodata.json.zst", "repodata.json"]

    static func limit(of form: String) -> Int {
        isDecompressed(form) ? UnsignedIndexReader.compressedLimit : limit
    }

    static func isDecompressed(_ form: String) -> Bool { form.hasSuffix(".zst") }
}
