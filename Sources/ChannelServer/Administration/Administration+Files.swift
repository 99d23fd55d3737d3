// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TrustCore

extension Administration {
    /// The longest reason for a change of a file's state, in bytes.
    static let maximumReason = 1000
    /// How many files one pattern may mean.
    static let maximumFiles = 1000

    /// `channels/<channel>/files?match=<pattern>`, and `…/files/<subdir>/<file>/yank`, `…/unyank` and `…/remove` with
    /// `{"reason": "…"}` or nothing.
    func answerFiles(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let path = request.path
        switch (request.method, path.count) {
        case (.get, 3): return try await listFiles(path[1], request.query["match"] ?? "", authority)
        case (.post, 6):
            guard
                let change = FileStateChange.allCases.first(where: { ByteKey.areEqual($0.rawValue, path[5]) })
            else { throw Self.notFound(request) }
            return try await self.change(change, path, try request.fields, authority)
        default: throw Self.notFound(request)
        }
    }

    /// The files that a pattern means, in whatever state.
    private func listFiles(_ name: String, _ text: String, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let channel = try await channel(name, for: .read, authority)
        let pattern = try FilePattern(text)
        var found: [HostedFile] = []
        var last: PackageName?
        repeat {
            let after = last
            let (files, end) = try await database.read { transaction in
                let names = try transaction.packageNames(of: channel.id, after: after, limit: 1024)
                let files = try names.filter(pattern.mayMatch).flatMap { name in
                    try transaction.files(named: name, of: channel.id).filter {
                        pattern.matches($0.subdir, $0.fileName)
                    }
                }
                return (files, names.last)
            }
            found += files
            last = end
            guard found.count <= Self.maximumFiles else {
                throw Refusal(
                    ServerCode.requestMalformed,
                    "the pattern",
                    expected: "one that means at most \(Self.maximumFiles) files"
                )
            }
        } while last != nil
        guard !found.isEmpty else { throw Refusal(UploadCode.fileUnknown, Printable.text(text)) }
        return Self.list(
            "files",
            found.map { file in
                var json = Self.json(file)
                json["sha256"] = .string(file.sha256.hex)
                json["size"] = .number(JSONNumber(Int64(clamping: file.size)))
                json["publisher"] = .object(file.publisher.json)
                return json
            }
        )
    }

    private func change(
        _ change: FileStateChange,
        _ path: [String],
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let subdir = try Subdir(path[3]), fileName = try ArchiveFileName(path[4])
        let channel = try await channel(
            path[1],
            for: change.action,
            package: fileName.name.normalized,
            authority
        )
        let reason = try Self.reason(fields)
        try await demandLog(of: channel)
        let (file, hasChanged) = try await change.apply(
            to: fileName,
            in: subdir,
            of: channel,
            by: Self.actor(authority),
            because: reason,
            parts
        )
        if hasChanged {
            record(
                "file-\(change.rawValue)",
                authority,
                ["channel": channel.name.text, "file": "\(subdir.text)/\(fileName.text)"]
            )
        }
        var answer = Self.json(file)
        answer["channel"] = .string(channel.name.text)
        answer["changed"] = .bool(hasChanged)
        return answer
    }

    private static func json(_ file: HostedFile) -> JSONObject {
        var json = JSONObject()
        json["subdir"] = .string(file.subdir.text)
        json["file"] = .string(file.fileName.text)
        json["state"] = .string(file.state.rawValue)
        return json
    }

    private static func reason(_ fields: JSONFields) throws -> String? {
        guard fields.object.keys.allSatisfy({ ByteKey.areEqual($0, "reason") }) else {
            throw Refusal(ServerCode.requestMalformed, "the request", expected: "`reason` alone")
        }
        let reason = try fields.optionalString("reason")
        guard (reason?.utf8.count ?? 0) <= maximumReason else {
            throw malformed("reason", "at most \(maximumReason) bytes")
        }
        return reason
    }
}
