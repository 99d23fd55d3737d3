// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// When a key or a certificate of an instance counts: both ends belong to it (`TimeRange`, protobuf-specs).
public struct ValidityPeriod: Hashable, Sendable {
    /// From when on.
    public let start: Moment
    /// Until when; nil if that is not known yet.
    public let end: Moment?

    /// Takes both ends; a period that ends before it starts contains nothing.
    public init(start: Moment, end: Moment?) {
        self.start = start
        self.end = end
    }

    /// Whether a point in time lies in it, the ends included.
    public func contains(_ moment: Moment) -> Bool {
        start <= moment && (end.map { moment <= $0 } ?? true)
    }

    /// For messages: from when until when.
    var words: String {
        let end = end.map { " until \($0.timestamp)" } ?? ""
        return "a time from \(start.timestamp)\(end)"
    }
}
