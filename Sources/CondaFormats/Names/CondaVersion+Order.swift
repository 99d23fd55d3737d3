// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension CondaVersion: Hashable, Comparable {
    /// Equal if neither is before the other.
    public static func == (a: CondaVersion, b: CondaVersion) -> Bool { a.comparable == b.comparable }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(comparable) }

    /// Earlier first; the local version counts only where the rest is equal.
    public static func < (a: CondaVersion, b: CondaVersion) -> Bool {
        for (a, b) in zip(a.comparable, b.comparable) {
            for at in 0..<max(a.count, b.count) {
                let (x, y) = (at < a.count ? a[at] : [], at < b.count ? b[at] : [])
                for at in 0..<max(x.count, y.count) {
                    // What is missing counts as zero.
                    let (p, q) = (at < x.count ? x[at] : .zero, at < y.count ? y[at] : .zero)
                    if p != q { return p < q }
                }
            }
        }
        return false
    }

    /// Whether this is the other version or continues it: `1.2.5` starts with `1.2`, and `1.2.0rc1` with
    /// `1.2.0r`.
    ///
    /// All segments but the other's last must be equal, and its last must be this one's beginning: equal
    /// numbers, or a word that begins with the other word. If the other has a local version, it is that which
    /// is continued.
    public func starts(with other: CondaVersion) -> Bool {
        let hasLocal = !other.local.isEmpty
        if hasLocal, comparable[0] != other.comparable[0] { return false }
        let (mine, theirs) = hasLocal ? (local, other.local) : (main, other.main)
        guard let theirLast = theirs.last, let end = theirLast.last else { return true }
        for at in 0..<(theirs.count - 1) {
            guard Self.isEqual(at < mine.count ? mine[at] : [], theirs[at]) else { return false }
        }
        let myLast = theirs.count <= mine.count ? mine[theirs.count - 1] : []
        guard Self.isEqual(Array(myLast.prefix(theirLast.count - 1)), theirLast.dropLast()) else {
            return false
        }
        let found = theirLast.count <= myLast.count ? myLast[theirLast.count - 1] : .zero
        if case .word(let beginning) = end {
            guard case .word(let word) = found else { return false }
            return word.utf8.starts(with: beginning.utf8)
        }
        return found == end
    }

    /// The version without its last part after a `.`, as `~=` needs it; nil if there is none.
    var withoutLastPart: CondaVersion? {
        text.utf8.lastIndex(of: UInt8(ascii: ".")).flatMap { try? CondaVersion(text[..<$0]) }
    }

    /// Whether this is the other version or a later one of the same series: `~=1.4.2` allows `1.4.2` and
    /// later `1.4`.
    ///
    /// False where the other version has only one part and so names no series.
    public func isCompatible(with other: CondaVersion) -> Bool {
        guard let series = other.withoutLastPart else { return false }
        return self >= other && starts(with: series)
    }

    private static func isEqual(
        _ a: some RandomAccessCollection<Part>,
        _ b: some RandomAccessCollection<Part>
    ) -> Bool {
        var (a, b) = (a.makeIterator(), b.makeIterator())
        while true {
            switch (a.next(), b.next()) {
            case (nil, nil): return true
            case (let p, let q): if p ?? .zero != q ?? .zero { return false }
            }
        }
    }
}

extension CondaVersion.Part: Comparable {
    /// `dev`, other words in byte order, numbers, `post`.
    static func < (a: CondaVersion.Part, b: CondaVersion.Part) -> Bool {
        switch (a, b) {
        case (.word(let a), .word(let b)): a < b
        case (.number(let a), .number(let b)): a < b
        case (.large(let a), .large(let b)):
            a.utf8.count == b.utf8.count ? a < b : a.utf8.count < b.utf8.count
        default: a.rank < b.rank
        }
    }

    private var rank: Int {
        switch self {
        case .development: 0
        case .word: 1
        case .number: 2
        case .large: 3
        case .post: 4
        }
    }
}
