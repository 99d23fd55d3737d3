// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import TrustCore

/// Finds in a request what its sender shows to be known by, and takes it out, so that nothing behind can log it.
enum RequestCredentials {
    static let keyHeader = HTTPField.Name("X-API-Key")

    /// Takes the credentials out of a request; answers the path that is left, and what was found.
    ///
    /// The path that is answered is one for logs: what could be a token in it is left out.
    ///
    /// A token in the path counts before header fields: clients that put it there know of no other.
    ///
    /// - Throws: `server.request-malformed` for fields that cannot be read.
    static func take(from request: inout Request) throws -> (path: String, credentials: Credentials?) {
        var head = request.head
        let taken = try take(from: &head)
        request = Request(head: head, body: request.body)
        return taken
    }

    /// The same of a request's head.
    static func take(from head: inout HTTPRequest) throws -> (path: String, credentials: Credentials?) {
        var found: Credentials?
        if let field = head.headerFields[.authorization] { found = try read(field) }
        if let keyHeader, let key = head.headerFields[keyHeader] { found = .key(key) }
        head.headerFields[.authorization] = nil
        if let keyHeader { head.headerFields[keyHeader] = nil }
        if let token = try takeToken(&head) { found = .key(token) }
        return (ServedPath.shown(head.path ?? "/"), found)
    }

    /// Takes `/t/<token>` off the front of the path.
    private static func takeToken(_ head: inout HTTPRequest) throws -> String? {
        let text = originForm(head.path ?? "/")
        head.path = text
        guard text.utf8.starts(with: "/t/".utf8) else { return nil }
        let rest = text.utf8.dropFirst(3)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash != rest.startIndex else {
            throw Refusal(
                ServerCode.requestMalformed,
                "the path",
                expected: "`/t/TOKEN/` and a path after it"
            )
        }
        head.path = String(decoding: rest[slash...], as: UTF8.self)
        return String(decoding: rest[..<slash], as: UTF8.self)
    }

    /// The path of a target that is a whole URL, which servers have to understand (RFC 9112 3.2.2).
    private static func originForm(_ target: String) -> String {
        guard target.utf8.first != UInt8(ascii: "/"),
            let scheme = ["http://", "https://"].first(where: { target.utf8.starts(with: $0.utf8) })
        else { return target }
        let rest = target.utf8.dropFirst(scheme.utf8.count)
        return rest.firstIndex(of: UInt8(ascii: "/")).map { String(decoding: rest[$0...], as: UTF8.self) }
            ?? "/"
    }

    private static func read(_ field: String) throws -> Credentials {
        let malformed = Refusal(
            ServerCode.requestMalformed,
            "the field `Authorization`",
            expected: "`Bearer KEY`, `token KEY`, or `Basic` with a name and a key"
        )
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { throw malformed }
        switch parts[0].lowercased() {
        case "bearer", "token": return .key(String(parts[1]))
        case "basic":
            guard let bytes = Base64.decode(String(parts[1])),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            else { throw malformed }
            return .password(
                user: String(decoding: bytes[..<colon], as: UTF8.self),
                secret: String(decoding: bytes[(colon + 1)...], as: UTF8.self)
            )
        default: throw malformed
        }
    }
}
