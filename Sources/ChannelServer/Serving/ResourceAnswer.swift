// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// How a request for something that is there is answered: which parts of it, or that there is no need (RFC
/// 9110 13 and 14). Pure: no byte is read here.
enum ResourceAnswer: Equatable {
    /// All of it: 200.
    case whole
    /// One part: 206.
    case part(Range<UInt64>)
    /// Several parts: 206 with a body of parts.
    case parts([Range<UInt64>])
    /// Whoever asks has it: 304.
    case notModified
    /// It is not what whoever asks wants it to be: 412.
    case preconditionFailed
    /// No byte that was asked for is there: 416.
    case unsatisfiable

    /// Decides, in the order of RFC 9110 13.2.2.
    init(_ resource: ServedResource, _ method: HTTPRequest.Method, _ fields: HTTPFields, now: Timestamp) {
        let modified = resource.lastModified(now: now)
        if let field = fields[.ifMatch] {
            let tags = EntityTags.read(field)
            guard tags?.contains(resource.tag, weakly: false) ?? false else {
                self = .preconditionFailed
                return
            }
        } else if let moment = fields[.ifUnmodifiedSince].flatMap({ HTTPDate.read($0, now: now) }),
            resource.modified > moment
        {
            self = .preconditionFailed
            return
        }
        if let field = fields[.ifNoneMatch] {
            if EntityTags.read(field)?.contains(resource.tag, weakly: true) ?? false {
                self = .notModified
                return
            }
        } else if let modified,
            let moment = fields[.ifModifiedSince].flatMap({ HTTPDate.read($0, now: now) }),
            modified <= moment
        {
            self = .notModified
            return
        }
        // Ranges are defined for GET alone.
        guard method == .get, Self.rangeCounts(fields[.ifRange], resource, modified, now: now) else {
            self = .whole
            return
        }
        switch ByteRanges.read(fields[.range], length: resource.size) {
        case .whole: self = .whole
        case .unsatisfiable: self = .unsatisfiable
        case .parts(let parts): self = parts.count == 1 ? .part(parts[0]) : .parts(parts)
        }
    }

    /// Whether a range is of the same bytes that whoever asks has the rest of. A date must be exactly the one
    /// that was told, and long enough ago (RFC 9110 8.8.2.2); a weak tag never counts.
    private static func rangeCounts(
        _ field: String?,
        _ resource: ServedResource,
        _ modified: Timestamp?,
        now: Timestamp
    ) -> Bool {
        guard let field else { return true }
        if let tags = EntityTags.read(field), case .list = tags {
            return tags.contains(resource.tag, weakly: false)
        }
        guard let modified, modified.advanced(bySeconds: 60) <= now else { return false }
        return HTTPDate.read(field, now: now) == modified
    }
}
