// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import TUF
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Patches of records: they never say which bytes a record is about.
    static let repodataPatches = Fuzzer("repodata-patches") { bytes in
        let patch = try RepodataPatch(parsing: bytes, of: "input")
        for name in ["a-1-0.conda", "a-1-0.tar.bz2"] {
            let file = try ArchiveFileName(name)
            let before = try JSONReader.read(Array(record.utf8), of: "record").object ?? JSONObject()
            var after = before
            guard (try Finding.accepted { try patch.apply(to: &after, of: file) }) != nil else { continue }
            for member in RepodataPatch.protectedMembers.union([ByteKey("sha256")]) {
                Finding.unless(after[member.text] == before[member.text], "`\(member.text)` was patched")
            }
            var again = after
            Finding.ifRefused("a patch cannot be applied again") { try patch.apply(to: &again, of: file) }
            if let read = try Finding.accepted({
                try PackageRecord(.object(after), fileName: name, subdir: .noarch)
            }) {
                Finding.unlessEqual(read.sha256, Digest.of([]), "the digest of a record that was patched")
            }
            _ = patch.removes(file)
        }
    }

    private static let record = """
        {"build":"0","build_number":0,"depends":["b"],"name":"a","sha256":"\(Digest.of([]).hex)","size":1,"version":"1"}
        """

    /// `server.json`: limits are within their ranges, and paths in the folder or absolute.
    static let serverSettings = Fuzzer("server-settings") { bytes in
        let settings = try ServerSettings(parsing: bytes, of: "input", in: "/server")
        Finding.unless((0...65_535).contains(settings.port), "the port \(settings.port)")
        let limits = settings.limits
        let positive = [
            limits.connections, limits.headerBytes, limits.headerFields, limits.idleSeconds,
            limits.stallSeconds, limits.requestBurst,
        ]
        Finding.unless(positive.allSatisfy { $0 > 0 }, "a limit of nothing")
        for path in [settings.tls?.certificate, settings.tls?.key].compactMap({ $0 }) {
            Finding.unless(path.utf8.first == UInt8(ascii: "/"), "`\(path)` is nowhere")
        }
        if let root = settings.trustedRoot, root.utf8.contains(UInt8(ascii: "/")) {
            // Without a slash it is the name of an instance.
            Finding.unless(root.utf8.first == UInt8(ascii: "/"), "`\(root)` is nowhere")
        }
        _ = limits.rates
    }

    /// Requests for a first root: what is proposed can be read, and lacks signatures.
    static let proposalRequests = Fuzzer("proposal-requests") { bytes in
        let request = try ProposalRequest(parsing: bytes)
        let subdirs = try request.subdirs(or: [.noarch])
        let online = try PublicKey(pem: onlineKey)
        let proposal = try request.firstProposal(
            onlineKeys: [online],
            subdirs: subdirs,
            now: Timestamp(seconds: 1_800_000_000)
        )
        let again = Finding.ifRefused("a proposal of ours is refused") {
            try CeremonyProposal(parsing: proposal.encoded())
        }
        Finding.unlessEqual(again.encoded(), proposal.encoded(), "the proposal that was written")
        let finished = try Finding.accepted {
            try FinishedCeremony(proposal, now: Timestamp(seconds: 1_800_000_000))
        }
        Finding.unless(finished == nil, "a root without a signature")
    }

    private static let onlineKey = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----

        """

    /// What servers of others answer to an upload.
    static let publishAnswers = Fuzzer("publish-answers") { bytes in
        let words = ServerWords(ServiceResponse(status: 400, body: bytes))
        for text in [words.text, words.remedy ?? ""] {
            Finding.unless(
                text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && text.utf8.count <= 4096,
                "a server's words cannot be shown"
            )
        }
        let name = try ArchiveFileName("a-1-0.conda"), sha256 = Digest.of([])
        let published = try PublishedPackage(name, sha256, 7, attestations: 0, bytes)
        Finding.unless(published.sha256 == sha256 && published.size == 7, "another file was published")
        _ = JSONWriter.encode(.object(published.json))
        Finding.unless(
            (published.subdir ?? "").utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
            "a subdir that cannot be shown"
        )
    }
}
