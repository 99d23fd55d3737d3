// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

extension Administration {
    /// `PUT …/maintainers/<package>`: a list of the package's files that enough of its maintainers have signed, byte for byte.
    /// With `?remove-unlisted=true` a first list by new keys may take files out of the index.
    func answerMaintainers(_ request: AdministrationRequest, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        let path = request.path
        guard let keys, request.method == .put, path.count == 4 else { throw Self.notFound(request) }
        let package = try PackageName(path[3])
        let channel = try await channel(
            path[1],
            for: .acceptSignatures,
            package: package.normalized,
            authority
        )
        try await demandLog(of: channel)
        let list = try MaintainersList(parsing: request.content, of: "the list of `\(package.normalized)`")
        let removed = try await MaintainersIntake(parts: parts, keys: keys, channel: channel).accept(
            request.content,
            of: package,
            removingUnlisted: try Self.flag("remove-unlisted", request),
            by: Self.actor(authority)
        )
        if removed != nil {
            parts.changed()
            record(
                "list-accepted",
                authority,
                ["channel": channel.name.text, "package": package.normalized, "version": "\(list.version)"]
            )
        }
        var answer = JSONObject()
        answer["channel"] = .string(channel.name.text)
        answer["package"] = .string(package.normalized)
        answer["version"] = .number(JSONNumber(list.version))
        answer["expires"] = .string("\(list.expires)")
        answer["files"] = .number(JSONNumber(Int64(list.entries.count)))
        answer["changed"] = .bool(removed != nil)
        answer["yanked"] = .array((removed ?? []).map { .string($0.place.description) })
        return answer
    }

    private static func flag(_ name: String, _ request: AdministrationRequest) throws -> Bool {
        switch request.query[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Refusal(ServerCode.requestMalformed, "`\(name)`", expected: "`true` or `false`")
        }
    }

    /// The longest ceremony with its lists, in bytes.
    static let maximumCeremony = 2 * CeremonyProposal.maximumLength

    /// The lists that came with a ceremony: `{"proposal": …, "lists": {"NAME": "…"}, "await_lists": …, "remove_unlisted": …}`. A
    /// proposal alone is one without lists.
    static func ceremony(_ content: [UInt8]) throws -> (proposal: [UInt8], lists: HostedLists) {
        // One deeper than the proposal in it.
        let limits = JSONLimits(bytes: maximumCeremony, depth: TUFLimits().jsonDepth + 1)
        let fields = try JSONFields(
            try JSONReader.read(content, of: "the ceremony", limits: limits),
            of: "the ceremony"
        )
        guard let proposal = try fields.optionalFields("proposal"), fields.object["format"] == nil else {
            return (content, HostedLists())
        }
        var lists = HostedLists()
        for member in try fields.optionalFields("lists")?.object.members ?? [] {
            guard let text = member.value.string else { throw malformed("lists", "each list as text") }
            lists.lists[try PackageName(member.key)] = Array(text.utf8)
        }
        lists.awaitingLists = try fields.optionalBool("await_lists") ?? false
        lists.removingUnlisted = try fields.optionalBool("remove_unlisted") ?? false
        return (JSONWriter.encode(.object(proposal.object)), lists)
    }
}
