// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What a package says of itself in `info/about.json`, or the channel of it in `channeldata.json`: each member foreign
/// text, of any length.
struct PackageBrief: Sendable {
    let summary: String?
    let description: String?
    let license: String?
    let version: String?
    /// Addresses with what they are, as they were written.
    let links: [(name: String, address: String)]

    /// The members that are addresses, and what people call them. Some packages have lists of them.
    private static let addresses = [
        ("home", "Home page"), ("dev_url", "Development"), ("doc_url", "Documentation"),
        ("source_url", "Source"), ("source_git_url", "Source repository"),
    ]
    /// The most addresses under one name.
    private static let addressesPerName = 3

    /// Takes what an object says; members of other types are passed over.
    init(_ object: JSONObject) {
        func text(_ name: String) -> String? {
            guard let text = object[name]?.string, !text.isEmpty else { return nil }
            return text
        }
        summary = text("summary")
        description = text("description")
        license = text("license")
        version = text("version")
        links = Self.addresses.flatMap { member, name in
            let values = object[member]?.array?.compactMap(\.string) ?? [text(member)].compactMap { $0 }
            return values.filter { !$0.isEmpty }.prefix(Self.addressesPerName).map { (name, $0) }
        }
    }

    /// Reads `info/about.json` as it is kept.
    init?(about bytes: [UInt8]?) {
        guard let bytes, let object = try? JSONReader.read(bytes, of: "about.json").object else { return nil }
        self.init(object)
    }

    /// Reads an element of `channeldata.json`, such as `"zlib":{…}`.
    init?(element bytes: [UInt8]?) {
        guard let bytes else { return nil }
        let whole = [UInt8(ascii: "{")] + bytes + [UInt8(ascii: "}")]
        guard
            let object = try? JSONReader.read(whole, of: "channeldata.json").object?.members.first?.value
                .object
        else { return nil }
        self.init(object)
    }
}
