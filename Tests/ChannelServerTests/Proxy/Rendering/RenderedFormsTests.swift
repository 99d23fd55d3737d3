// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Synchronization
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

@Suite("Forms of a proxied index")
struct RenderedFormsTests {
    @Test("All forms list the same files, with the same records")
    func agree() async throws {
        let scene = try RenderingScene()
        let forms = try await ReadForms(scene.render(SampleIndex()))
        try forms.expect(SampleIndex.files)
        #expect(
            forms.current.fileNames == [
                "tool-a-1.0-0.tar.bz2", "Upper-2.0-h1_0.conda", "numpy-1.10.0-py310_0.conda",
                "numpy-1.10.0-py39_0.conda", "tool-1.0-0.conda",
            ]
        )
        #expect(forms.shardIndex.packageNames == ["numpy", "tool", "tool-a", "upper"])
        #expect(forms.shardIndex.baseURL == "")
        #expect(forms.shardIndex.shardsBaseURL == "./shards/")
    }

    @Test("A text of which nothing is to be left out is given out as it is")
    func textItself() async throws {
        let scene = try RenderingScene()
        let text = try scene.text(SampleIndex())
        let rendered = try await scene.renderer.rendered(
            text,
            hiding: ListingOfEverything(),
            now: RenderingScene.now
        )
        let file = try #require(try await rendered.file("repodata.json"))
        #expect(file.path == text.path)
        #expect(file.sha256 == text.id)
        #expect(file.contentType == "application/json")
        #expect(rendered.hiddenCount == 0)
    }

    @Test(
        "The channel's own compressed form is given out where the text is given out as it is, and only there"
    )
    func ownForm() async throws {
        let scene = try RenderingScene()
        func compressed(_ index: SampleIndex, hiding judge: any ListingJudge = ListingOfEverything())
            async throws
            -> (own: [UInt8], given: [UInt8], plain: [UInt8])
        {
            let text = try scene.text(index)
            let stored = try #require(try OpenFile(readingIfThere: text.path)?.stored())
            let own = try Zstd.compress(Array(index.text.utf8), level: 19)
            let upstream = UpstreamSubdir(
                scene.subdir,
                id: text.id,
                path: text.path,
                baseURL: nil,
                index: try RepodataFile(stored, of: "index", subdir: scene.subdir),
                compressed: StoredBytes(own)
            )
            let rendered = try await scene.renderer.rendered(
                upstream,
                of: scene.channel,
                hiding: judge,
                now: RenderingScene.now
            )
            let given = try #require(try await rendered.file("repodata.json.zst"))
            let plain = try #require(try await rendered.file("repodata.json"))
            #expect(given.sha256 == Digest.of(try given.read(0..<Int(given.length))))
            return (own, try given.read(0..<Int(given.length)), try plain.read(0..<Int(plain.length)))
        }
        var forms = try await compressed(SampleIndex())
        #expect(forms.given == forms.own)
        var elsewhere = SampleIndex()
        elsewhere.info = "{\"subdir\":\"linux-64\",\"base_url\":\"https://elsewhere.example.org\"}"
        var unknown = SampleIndex()
        unknown.more = ",\"v3\":{}"
        for (index, judge) in [
            (elsewhere, ListingOfEverything() as any ListingJudge), (unknown, ListingOfEverything()),
            (SampleIndex(), SampleJudge(hiding: ["tool-"])),
        ] {
            forms = try await compressed(index, hiding: judge)
            #expect(forms.given != forms.own)
            let text = try Zstd.decompress(forms.given, maximumLength: 1 << 20)
            #expect(text == forms.plain && text != Array(index.text.utf8))
        }
    }

    @Test(
        "Whether every record is looked at or only those within reach, the same is hidden for the same reasons"
    )
    func plainRecords() async throws {
        let scene = try RenderingScene()
        var index = SampleIndex([])
        for (number, file) in SampleIndex.files.enumerated() {
            let name = try ArchiveFileName(file)
            let digest = Digest.of(Array(file.utf8)).hex
            let plain = """
                {"build":"\(name.build)","build_number":0,"depends":[],"name":"\(name.name.raw)","sha256":"\(digest)",\
                "size":10,"subdir":"linux-64","timestamp":\(1_700_000_000_000 + number),"version":"\(name.version)"}
                """
            // One is not plain, and one is none.
            index.records.append((file, [plain, SampleIndex.record(file), plain, "{}"][number % 4]))
        }
        let policies = [
            "pins: {numpy: https://lab.example.org/x}", "revoked: [{match: tool-a, reason: bad}]",
            "cooldown: {default: 3000d}", "revoked: [{match: num* <1.10, reason: bad}]",
            "revoked: [{match: numpy, indexed: {from: 2020-01-01T00:00:00Z}, reason: bad}]",
        ]
        for text in policies {
            let policy = try IndexPolicy(parsing: Array("version: 1\n\(text)\n".utf8), of: "policy")
            let text = try scene.text(index)
            let reading = try await scene.renderer.rendered(
                text,
                hiding: ReadingJudge(policy: policy),
                now: RenderingScene.now
            )
            let stored = try #require(try OpenFile(readingIfThere: text.path)?.stored())
            let upstream = UpstreamSubdir(
                scene.subdir,
                id: text.id,
                path: text.path,
                baseURL: nil,
                index: try RepodataFile(stored, of: "index", subdir: scene.subdir)
            )
            let plain = try await IndexRenderer(folder: scene.cache + "-plain").rendered(
                upstream,
                of: scene.channel,
                hiding: policy,
                now: RenderingScene.now
            )
            #expect(plain.hiddenCount == reading.hiddenCount)
            for file in try SampleIndex.files.map({ try ArchiveFileName($0) }) {
                #expect(try plain.hiddenFindings(of: file) == reading.hiddenFindings(of: file))
            }
        }
    }

    /// Has every record looked at.
    private struct ReadingJudge: ListingJudge {
        let policy: IndexPolicy
        var fingerprint: Digest { policy.fingerprint }
        var dependsOnTime: Bool { policy.dependsOnTime }
        var needsFirstSeen: Bool { policy.needsFirstSeen }
        func findings(on file: TrustPolicy.ListedFile, now: Timestamp) -> [Finding] {
            policy.findings(on: file, now: now)
        }
    }

    @Test("A file whose hash changed is in no form, whatever was rendered of the same text before")
    func changed() async throws {
        let scene = try RenderingScene()
        let text = try scene.text(SampleIndex())
        func rendered(_ changed: ChangedFiles) async throws -> RenderedSubdir {
            let text = IndexText(
                of: scene.channel,
                scene.subdir,
                id: text.id,
                path: text.path,
                changed: changed
            )
            return try await scene.renderer.rendered(
                text,
                hiding: ListingOfEverything(),
                now: RenderingScene.now
            )
        }
        #expect(try await rendered(.none).hiddenCount == 0)
        let file = try ArchiveFileName("tool-1.0-0.conda")
        let finding = RequireUnchangedHash.objection(
            expected: Digest.of([1]),
            found: Digest.of([2]),
            since: RenderingScene.now
        )
        let hidden = try await rendered(ChangedFiles([file: finding]))
        try await ReadForms(hidden).expect(SampleIndex.files.filter { $0 != file.text })
        #expect(try hidden.hiddenFindings(of: file) == [finding])
        #expect(finding.code == .hashChanged)
        #expect(try await rendered(.none).hiddenCount == 0)
    }

    @Test("What is hidden is in no form, and is not said to be removed")
    func hidden() async throws {
        let scene = try RenderingScene()
        var index = SampleIndex()
        index.removed = ["gone-1-0.conda"]
        let judge = SampleJudge(hiding: ["tool-", "numpy-1.10.0-py310"])
        let rendered = try await scene.render(index, hiding: judge)
        let forms = try await ReadForms(rendered)
        let kept = SampleIndex.files.filter { !$0.hasPrefix("tool") && !$0.contains("py310") }
        try forms.expect(kept)
        for (file, text) in forms.plain.recordTexts {
            let own = try #require(index.records.first { $0.file == file })
            #expect(Array(text) == Array(own.text.utf8), "the upstream's own bytes")
        }
        #expect(forms.plain.removed == ["gone-1-0.conda"])
        #expect(forms.shards.flatMap(\.removed) == ["gone-1-0.conda"])
        #expect(forms.shardIndex.packageNames == ["gone", "numpy", "upper"])
        #expect(rendered.hiddenCount == 4)
        let findings = try rendered.hiddenFindings(of: ArchiveFileName("tool-1.0-0.conda"))
        #expect(findings.map(\.reason) == ["`tool` is not wanted", "taken out"])
        #expect(findings.map(\.code) == [nil, .removed])
        #expect(findings.allSatisfy { !$0.permits })
        #expect(try rendered.hiddenFindings(of: ArchiveFileName(kept[0])).isEmpty)
        #expect(try rendered.hiddenFindings(of: ArchiveFileName("unheard-of-1-0.conda")).isEmpty)
    }

    @Test("The version before is current where the highest is hidden")
    func currentOfVisible() async throws {
        let scene = try RenderingScene()
        let judge = SampleJudge(hiding: ["numpy-1.10"])
        let forms = try await ReadForms(scene.render(SampleIndex(), hiding: judge))
        #expect(forms.current.fileNames.filter { $0.hasPrefix("numpy") } == ["numpy-1.9.0-py39_0.tar.bz2"])
    }

    @Test("Nothing that leads past the proxy is left")
    func relative() async throws {
        let scene = try RenderingScene()
        var index = SampleIndex()
        index.info = """
            {"subdir":"linux-64","arch":"x86_64","base_url":"https://elsewhere.example.org/linux-64",\
            "shards_base_url":"x","repodata_revisions":["v3"],"channel_relations":{"base":"https://e.example.org"}}
            """
        index.more = ",\"v3\":{\"whl\":{\"a\":{\"url\":\"https://elsewhere.example.org/a.whl\"}}}"
        let forms = try await ReadForms(scene.render(index))
        try forms.expect(SampleIndex.files)
        #expect(forms.plain.info.raw.keys == ["arch", "subdir"])
        #expect(forms.plain.info.baseURL == nil)
        #expect(forms.plain.unknownKeys.isEmpty)
        for text in [forms.plain.text, forms.current.text] {
            #expect(!String(decoding: text, as: UTF8.self).contains("elsewhere"))
        }
    }

    @Test("Signatures of records that stay are kept, byte for byte; others go")
    func signatures() async throws {
        let scene = try RenderingScene()
        var index = SampleIndex()
        let signed = SampleIndex.files.map { "\"\($0)\": { \"ab\" : {\"signature\":\"\($0.count)\"}}" }
        index.more = ",\"signatures\":{\(signed.joined(separator: ","))}"
        let forms = try await ReadForms(scene.render(index, hiding: SampleJudge(hiding: ["tool-a"])))
        for plain in [forms.plain, forms.current] {
            let table = try #require(try SignatureTable(plain))
            #expect(table.fileNames.sorted() == plain.fileNames.sorted())
            for file in plain.fileNames {
                let text = try #require(table.signatures(of: file.utf8))
                #expect(
                    String(decoding: text, as: UTF8.self) == "{ \"ab\" : {\"signature\":\"\(file.count)\"}}"
                )
            }
        }
    }

    static let malformedRecords: [(file: String, text: String)] = [
        ("bad-1.0-0.conda", SampleIndex.record("bad-2.0-0.conda")),
        ("bad-1.0-0.conda", SampleIndex.record("bad-1.0-0.conda", ",\"sha256\":\"00\"")),
        ("bad-1.0-0.conda", SampleIndex.record("bad-1.0-0.conda", ",\"subdir\":\"win-64\"")),
        ("bad-1.0-0.conda", SampleIndex.record("bad-1.0-0.conda", ",\"odd\":123456789012345678901234567890")),
        ("bad-1.0-0.conda", "{}"),
        ("bad-1.0.conda", SampleIndex.record("bad-1.0-0.conda")),
    ]

    @Test(
        "A record that is not as it should be is in no form, whatever the policy",
        arguments: malformedRecords
    )
    func malformed(_ bad: (file: String, text: String)) async throws {
        let scene = try RenderingScene()
        var index = SampleIndex()
        index.records.append(bad)
        let rendered = try await scene.render(index)
        try await ReadForms(rendered).expect(SampleIndex.files)
        #expect(rendered.hiddenCount == 1)
        guard let file = try? ArchiveFileName(bad.file) else { return }
        #expect(try rendered.hiddenFindings(of: file).map(\.rule) == [IndexJudgement.formRule])
    }

    @Test("A file in the section of the other format is in no form")
    func misplaced() async throws {
        let scene = try RenderingScene()
        let wrong = SampleIndex.record("bad-1.0-0.conda")
        let text = SampleIndex().text.replacing(
            "\"packages\": {",
            with: "\"packages\": {\"bad-1.0-0.conda\":\(wrong),"
        )
        let rendered = try await scene.renderer.rendered(
            scene.text(Array(text.utf8)),
            hiding: ListingOfEverything(),
            now: RenderingScene.now
        )
        try await ReadForms(rendered).expect(SampleIndex.files)
        #expect(rendered.hiddenCount == 1)
    }

    @Test("A record without SHA-256 has none in its shard either")
    func onlyMD5() async throws {
        let scene = try RenderingScene()
        var index = SampleIndex([])
        let md5 = String(repeating: "ab", count: 16)
        index.records = [
            ("old-1-0.tar.bz2", "{\"name\":\"old\",\"version\":\"1\",\"build\":\"0\",\"md5\":\"\(md5)\"}")
        ]
        let forms = try await ReadForms(scene.render(index))
        let record = try #require(forms.shards.first?.records.first)
        #expect(record.sha256 == nil)
        #expect(record.md5?.hex == md5)
        #expect(record.raw.keys.sorted() == ["build", "md5", "name", "version"])
    }

    @Test("An index without packages has all forms", arguments: ["", "{}", SampleIndex([]).text])
    func empty(_ text: String) async throws {
        let scene = try RenderingScene()
        let rendered = try await scene.renderer.rendered(
            scene.text(Array(text.utf8)),
            hiding: ListingOfEverything(),
            now: RenderingScene.now
        )
        let forms = try await ReadForms(rendered)
        try forms.expect([])
        #expect(forms.shardIndex.count == 0)
        #expect(forms.plain.info.raw["subdir"] == "linux-64", "it says which subdir it is of")
        #expect(!forms.plain.text.isEmpty)
    }

    @Test(
        "Names that are no file's have no file",
        arguments: [
            "run_exports.json", "repodata.json.bz2", "shards/", "shards/../repodata.json", "hidden.json",
            "shards.pack",
            "shards/\(String(repeating: "A", count: 64)).msgpack.zst",
            "shards/\(String(repeating: "a", count: 64)).json",
        ]
    )
    func unknown(_ name: String) async throws {
        let scene = try RenderingScene()
        let rendered = try await scene.render(SampleIndex())
        let file = try await rendered.file(name)
        #expect(file?.path == nil)
    }
}
