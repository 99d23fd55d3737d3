// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Cache of a proxied index's forms")
struct RenderingCacheTests {
    static let judge = SampleJudge(hiding: ["tool-a"])

    @Test("The same text makes the same bytes, wherever it is rendered")
    func deterministic() async throws {
        let (here, elsewhere) = (try RenderingScene(), try RenderingScene())
        let one = try await ReadForms(here.render(SampleIndex(), hiding: Self.judge))
        let other = try await ReadForms(elsewhere.render(SampleIndex(), hiding: Self.judge))
        #expect(one.digests == other.digests)
    }

    @Test("A text is compressed to the same bytes by any number of threads")
    func threads() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        func compressed(_ threads: Int) throws -> [UInt8] {
            let encoder = try ZstdEncoder(contentLength: bytes.count, level: 2, threads: threads)
            var out: [UInt8] = []
            try bytes.withUnsafeBytes { try encoder.consume($0) { out.append(contentsOf: $0) } }
            try encoder.finish { out.append(contentsOf: $0) }
            return out
        }
        let one = try compressed(1)
        #expect(try compressed(3) == one)
        #expect(try Zstd.decompress(one, maximumLength: bytes.count) == bytes)
    }

    @Test("After a change, shards that are taken over make the same files as from scratch")
    func incremental() async throws {
        let scene = try RenderingScene()
        let before = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
        var index = SampleIndex(SampleIndex.files + ["tool-2.0-0.conda", "new-1-0.conda"])
        index.records.removeAll { $0.file.hasPrefix("Upper") }
        let after = try await ReadForms(scene.render(index, hiding: Self.judge))
        let elsewhere = try RenderingScene()
        let scratch = try await ReadForms(elsewhere.render(index, hiding: Self.judge))
        #expect(after.digests == scratch.digests)
        #expect(after.shardIndex.packageNames == ["new", "numpy", "tool"])
        let numpy = try PackageName("numpy")
        #expect(after.shardIndex.digest(of: numpy) == before.shardIndex.digest(of: numpy))
    }

    @Test("Shards are taken over by what they are made of: others that are damaged are not looked for")
    func takenOver() async throws {
        let scene = try RenderingScene()
        let folder = RenderingFolder(path: scene.folder.path + "/pack")
        let hidden = try HiddenFiles(Self.nothingHidden(in: folder))
        let visible = try VisibleIndex(scene.text(SampleIndex()), hiding: hidden)
        let first = try await ShardRendering(visible: visible, earlier: nil).write(to: folder)
        let pack = try #require(try ShardPack(first.pack))
        // A pack in which every shard is one byte: taken over, it shows.
        let draft = try folder.begin("planted")
        let planted = Digest.of([7])
        try draft.write([7])
        let entries = pack.origins.keys.map { ShardPack.Entry(shard: planted, origin: $0, place: 0..<1) }
        try draft.write(ShardPack.table(entries))
        let earlier = try #require(try ShardPack(draft.finish()))
        let second = try await ShardRendering(visible: visible, earlier: earlier).write(to: folder)
        let index = try ShardIndex.read(second.index.read(0..<Int(second.index.length)))
        for name in index.packageNames { #expect(index.digest(of: try PackageName(name)) == planted) }
        #expect(index.count == pack.count)
    }

    private static func nothingHidden(in folder: RenderingFolder) throws -> RenderedFile {
        let draft = try folder.begin(HiddenFiles.fileName)
        try draft.write(Array("{\"packages\":{},\"packages.conda\":{}}".utf8))
        return try draft.finish()
    }

    @Test("Of packages that did not change nobody is asked again; of others, about all their files")
    func askedOnce() async throws {
        let scene = try RenderingScene()
        let judge = SampleJudge(hiding: ["numpy-1.9"])
        _ = try await scene.render(SampleIndex(), hiding: judge)
        #expect(judge.asked.withLock { $0.count } == SampleIndex.files.count)
        judge.asked.withLock { $0 = [] }
        let index = SampleIndex(SampleIndex.files + ["tool-2.0-0.conda"])
        let rendered = try await scene.render(index, hiding: judge)
        // Of numpy, something was hidden: what stands against it is not kept.
        let asked = judge.asked.withLock { $0.map(\.file).sorted() }
        #expect(asked.filter { $0.hasPrefix("tool") } == ["tool-1.0-0.conda", "tool-2.0-0.conda"])
        #expect(!asked.contains { $0.hasPrefix("tool-a") || $0.hasPrefix("Upper") })
        #expect(rendered.hiddenCount == 1)
        try await ReadForms(rendered).expect(index.records.map(\.file).filter { !$0.hasPrefix("numpy-1.9") })
    }

    @Test(
        "A judge that heeds the time is asked for each hour, about its beginning; equal forms are made once"
    )
    func hours() async throws {
        let scene = try RenderingScene()
        let judge = SampleJudge(hiding: ["tool-a"], dependsOnTime: true)
        let start = Timestamp(seconds: RenderingScene.now.seconds / 3600 * 3600)
        for seconds: Int64 in [0, 59, 3599] {
            _ = try await ReadForms(
                scene.render(SampleIndex(), hiding: judge, now: start.advanced(bySeconds: seconds))
            )
        }
        #expect(judge.asked.withLock { $0.count } == SampleIndex.files.count)
        let made = try scene.cached().filter { $0.contains("/forms/") }
        _ = try await ReadForms(
            scene.render(SampleIndex(), hiding: judge, now: start.advanced(bySeconds: 3600))
        )
        let moments = judge.asked.withLock { Set($0.map(\.now)) }
        #expect(moments == [start, start.advanced(bySeconds: 3600)])
        #expect(judge.asked.withLock { $0.count } == 2 * SampleIndex.files.count)
        #expect(try scene.cached().filter { $0.contains("/forms/") } == made)
    }

    @Test("Only what is asked for is made")
    func lazy() async throws {
        let scene = try RenderingScene()
        let rendered = try await scene.render(SampleIndex(), hiding: Self.judge)
        #expect(try scene.cached().allSatisfy { $0.contains("/judged/") })
        _ = try await rendered.file("repodata_shards.msgpack.zst")
        let names = try scene.cached().filter { $0.contains("/forms/") }.compactMap {
            $0.split(separator: "/").last
        }
        #expect(names.map { $0.split(separator: "~")[0] } == ["repodata_shards.msgpack.zst", "shards.pack"])
    }

    @Test("A damaged file of the cache is made again", arguments: [true, false])
    func damaged(isCutShort: Bool) async throws {
        let scene = try RenderingScene()
        let whole = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
        for path in try scene.cached() {
            let bytes = try #require(try DurableFile.read(path, maximumLength: 1 << 20))
            var damaged = isCutShort ? Array(bytes.dropLast()) : bytes
            if !isCutShort, !damaged.isEmpty { damaged[damaged.count / 2] ^= 1 }
            try DurableFile.write(damaged, to: path)
            let again = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
            #expect(again.digests == whole.digests, "\(path)")
        }
    }

    @Test("What a process left that died while it made something is in nobody's way, and goes")
    func leftovers() async throws {
        let scene = try RenderingScene()
        let rendered = try await scene.render(SampleIndex(), hiding: Self.judge)
        let whole = try await ReadForms(rendered)
        let paths = try scene.cached()
        for path in paths {
            // As it is when a writer is killed: a part under a temporary name, and nothing under its own.
            let name = try #require(path.split(separator: "~").first)
            let bytes = try #require(try DurableFile.read(path, maximumLength: 1 << 20))
            try DurableFile.remove(path)
            try DurableFile.write(
                Array(bytes.prefix(bytes.count / 2)),
                to: DurableFile.temporaryName(beside: String(name))
            )
        }
        let again = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
        #expect(again.digests == whole.digests)
        #expect(try scene.cached() == paths)
    }

    @Test("Several renderers on one cache make each file once, and the same")
    func together() async throws {
        let (scene, elsewhere) = (try RenderingScene(), try RenderingScene())
        let alone = try await ReadForms(elsewhere.render(SampleIndex(), hiding: Self.judge))
        try await withThrowingTaskGroup(of: [Digest].self) { group in
            for _ in 0..<6 {
                group.addTask { try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge)).digests }
            }
            for try await digests in group { #expect(digests == alone.digests) }
        }
        let names = try scene.cached().map { $0.split(separator: "~")[0] }
        #expect(Set(names).count == names.count)
        #expect(!names.contains { $0.contains(".tmp-") })
    }

    @Test("A lock that another process holds is waited for")
    func waits() async throws {
        let scene = try RenderingScene()
        let rendered = try await scene.render(SampleIndex(), hiding: Self.judge)
        let place = RenderingPlace(scene.cache, of: try scene.text(SampleIndex()))
        var lock: FileLock? = try await place.lock(.current)
        async let file = rendered.file("current_repodata.json")
        // Others are made meanwhile.
        _ = try await rendered.file("repodata_shards.msgpack.zst")
        #expect(try !scene.cached().contains { $0.contains("/current_repodata.json~") })
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try await file?.contentType == "application/json")
    }

    @Test("Shards of the text before are still found, under the same policy only")
    func earlierShards() async throws {
        let scene = try RenderingScene()
        let renderer = scene.renderer
        let before = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
        let numpy = try #require(before.shardIndex.digest(of: PackageName("numpy")))
        let shard = ShardIndex.shardFileName(numpy)
        let index = SampleIndex(SampleIndex.files + ["numpy-3-0.conda"])
        let text = try scene.text(index)
        let after = try await renderer.rendered(text, hiding: Self.judge, now: RenderingScene.now)
        let found = try await after.shard(shard)
        #expect(found?.sha256 == numpy)
        let stricter = SampleJudge(hiding: ["numpy"])
        let other = try await renderer.rendered(text, hiding: stricter, now: RenderingScene.now)
        let none = try await other.shard(shard)
        #expect(none?.sha256 == nil)
    }

    @Test("Renderings of old texts are removed, and what was given out of them stays readable")
    func bounded() async throws {
        let scene = try RenderingScene()
        let first = try await scene.render(SampleIndex(), hiding: Self.judge)
        let file = try #require(try await first.file("repodata.json"))
        let bytes = try file.read(0..<Int(file.length))
        for number in 1...6 {
            let index = SampleIndex(SampleIndex.files + ["more-\(number)-0.conda"])
            _ = try await ReadForms(scene.render(index, hiding: Self.judge))
        }
        for kind in ["/forms/", "/judged/"] {
            let folders = Set(try scene.cached().filter { $0.contains(kind) }.map(Folder.parent))
            #expect(folders.count <= RenderingPlace.kept + 1)
        }
        #expect(try file.read(0..<Int(file.length)) == bytes)
        // And what is asked for later is made again.
        #expect(try await ReadForms(first).plain.text == bytes)
    }

    @Test("Renderings of a subdir that nobody asked for in a long time are removed")
    func unused() async throws {
        let scene = try RenderingScene()
        _ = try await ReadForms(scene.render(SampleIndex(), hiding: Self.judge))
        let own = try scene.cached()
        let text = try scene.text(SampleIndex())
        let other = IndexText(
            of: try ChannelURL("https://conda.example.org/other"),
            text.subdir,
            id: text.id,
            path: text.path
        )
        let used = try #require(DurableFile.modified(own[0]))
        let soon = used.advanced(byDays: RenderingPlace.keptDays - 1)
        _ = try await scene.renderer.rendered(other, hiding: Self.judge, now: soon)
        #expect(Set(own).isSubset(of: try scene.cached()))
        let later = used.advanced(byDays: RenderingPlace.keptDays + 1)
        _ = try await scene.renderer.rendered(other, hiding: Self.judge, now: later)
        #expect(Set(own).isDisjoint(with: try scene.cached()))
    }

    @Test("A text that was altered after it was verified is not rendered")
    func altered() async throws {
        let scene = try RenderingScene()
        let text = try scene.text(SampleIndex())
        try DurableFile.write(Array(SampleIndex([]).text.utf8), to: text.path)
        await #expect(throws: Failure.self) {
            try await scene.renderer.rendered(text, hiding: ListingOfEverything(), now: RenderingScene.now)
        }
        // It heals with the text.
        try DurableFile.write(Array(SampleIndex().text.utf8), to: text.path)
        let rendered = try await scene.renderer.rendered(
            text,
            hiding: ListingOfEverything(),
            now: RenderingScene.now
        )
        try DurableFile.remove(text.path)
        await #expect(throws: Failure.self) { try await rendered.file("repodata.json") }
        try DurableFile.write(Array(SampleIndex().text.utf8), to: text.path)
        try await ReadForms(rendered).expect(SampleIndex.files)
    }
}
