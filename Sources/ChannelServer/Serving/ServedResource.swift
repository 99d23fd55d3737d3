// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// Something that is there to be downloaded: a blob, and how it is to be presented.
struct ServedResource: Sendable, Hashable {
    /// SHA-256 of its bytes.
    let blob: Digest
    /// How long it is.
    let size: UInt64
    /// What it is.
    let mediaType: String
    /// How long whoever has it may rely on it.
    let caching: Caching
    /// When it was put there.
    let modified: Timestamp

    /// How long a copy is good.
    enum Caching: Sendable, Hashable {
        /// The address means these bytes for ever.
        case forever(isPrivate: Bool)
        /// So many seconds; then one has to ask again.
        case seconds(Int, isPrivate: Bool)

        /// The field `Cache-Control`. There always is one: without it clients guess, and take an index of
        /// yesterday for today's.
        var field: String {
            switch self {
            case .forever(let isPrivate):
                "\(isPrivate ? "private" : "public"), max-age=31536000, immutable"
            case .seconds(let seconds, let isPrivate):
                "\(isPrivate ? "private" : "public"), max-age=\(seconds), must-revalidate"
            }
        }

        var isForever: Bool {
            if case .forever = self { true } else { false }
        }
    }

    /// The strong entity tag, with its quotation marks: the digest.
    var tag: String { "\"\(blob.hex)\"" }

    /// The time of the last change, where it tells states apart. Of something that changes and was put there
    /// in this very second it does not: the next change may come in the same one.
    func lastModified(now: Timestamp) -> Timestamp? {
        caching.isForever || modified.advanced(bySeconds: 1) < now ? modified : nil
    }

    /// The fields that every answer has that says something of it: 200, 206 and 304.
    func fields(now: Timestamp) -> HTTPFields {
        var fields = fieldsWithoutTime
        if let modified = lastModified(now: now) { fields[.lastModified] = HTTPDate.text(modified) }
        return fields
    }

    /// The same without when it was put there.
    var fieldsWithoutTime: HTTPFields {
        [.eTag: tag, .cacheControl: caching.field, .acceptRanges: "bytes"]
    }

    /// The fields that are added where all of it is answered.
    var fieldsOfWhole: HTTPFields { [.contentType: mediaType, .contentLength: "\(size)"] }
}
