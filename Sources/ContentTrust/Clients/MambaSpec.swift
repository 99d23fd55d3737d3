// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How a match spec reads once it has been in the data base of mamba's solver (libsolv, `pool_conda_matchspec` and
/// `pool_dep2str`).
///
/// The solver keeps a name, and a version with perhaps a build: channels, double spaces and other spellings of the
/// same are lost. mamba verifies what comes back out.
enum MambaSpec {
    private static let space = UInt8(ascii: " ")
    private static let equals = UInt8(ascii: "=")
    private static let endsName = Set(" =<>!~".utf8)
    private static let endsToken = Set(" -=,|<>~".utf8)
    private static let joins = Set("=!|,<>~".utf8)
    private static let severalVersions = Set("=,|".utf8)

    /// The spec as it comes back, or nil for one without a name, which mamba leaves out with a warning.
    ///
    /// - Parameter spec: without zero bytes.
    static func rewritten(_ spec: [UInt8]) -> [UInt8]? {
        // Whatever ends in a colon is taken for a channel or a namespace.
        let spec = spec[((spec.lastIndex(of: UInt8(ascii: ":")) ?? -1) + 1)...]
        let name = spec.prefix { !endsName.contains($0) }.map(lowered)
        guard let first = name.first else { return nil }
        var rest = spec.dropFirst(name.count).drop { $0 == space }
        guard !rest.isEmpty else {
            let isPattern = first == UInt8(ascii: "^") || name.contains(UInt8(ascii: "*"))
            return isPattern ? name + " *".utf8 : name
        }
        while rest.last == space { rest.removeLast() }
        let (version, build) = split(Array(rest))
        let kept = translated(version, hasBuild: build != nil).filter { $0 != space }
        return name + [space] + kept + (build.map { [space] + $0 } ?? [])
    }

    /// Takes off the build: the last token, if a space or one equals sign stands before it.
    private static func split(_ text: [UInt8]) -> (version: ArraySlice<UInt8>, build: ArraySlice<UInt8>?) {
        var at = text.count
        while true {
            while at > 0, !endsToken.contains(text[at - 1]) { at -= 1 }
            guard at > 1, text[at - 1] == space || text[at - 1] == equals else { return (text[...], nil) }
            guard joins.contains(text[at - 2]) else { break }
            // After an operator no build begins; before a space that follows one, the search goes on.
            guard text[at - 1] == space else { return (text[...], nil) }
            at -= 1
        }
        return at < text.count ? (text[..<(at - 1)], text[at...]) : (text[...], nil)
    }

    /// `==1.0` becomes `1.0`, and `=1.0` becomes `1.0*`, as long as no build follows.
    private static func translated(_ version: ArraySlice<UInt8>, hasBuild: Bool) -> [UInt8] {
        guard version.first == equals else { return Array(version) }
        let rest = version.dropFirst()
        if rest.first == equals { return Array(hasBuild ? version : rest.dropFirst()) }
        if hasBuild { return Array(rest) }
        return rest.contains { severalVersions.contains($0) } ? Array(version) : Array(rest) + "*".utf8
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}
