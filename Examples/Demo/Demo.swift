// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport

/// The main job, shown with the real program, in two acts. First a server: its channel's root is agreed on by several
/// people, packages are published by hand and by a build job without stored secrets, somebody installs them and
/// somebody watches the log; then attacks on all of that. After it the same without a server: a folder behind hostile
/// mirrors, signatures for conda and mamba as they are, who may publish, and any client behind a verifying proxy.
///
/// Everything is made in `./demo`, which is removed first. It ends with status 1 if anything is not as it
/// should be, and takes its server with it, however it ends.
@main
enum Demo {
    static func main() async {
        // Started by itself behind a proxy, it is a client.
        if CommandLine.arguments.dropFirst().first == DemoClient.word {
            exit(await DemoClient.run(Array(CommandLine.arguments.dropFirst(2))))
        }
        do {
            let folder = FileManager.default.currentDirectoryPath + "/demo"
            try? FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let world = try DemoWorld(folder: folder)
            try world.makePackages()
            var score = Score()
            let server = try await FirstAct(world).run(&score)
            try await SecondAct(world).run(&score)
            score.show()
            print(
                """
                To look around: kingsnake serve demo/server
                and open \(server.url)/ in a browser. The log is \(server.url)/log, and what an
                operator does with all this is in docs/operating-server.md.
                """
            )
            exit(score.isGood ? 0 : 1)
        } catch {
            print("the demo failed: \(error)")
            exit(1)
        }
    }

    static func chapter(_ title: String, _ what: String) {
        print("\(title)\n\(String(repeating: "=", count: title.count))\n\(what)\n")
        // Whoever reads through a pipe sees it chapter by chapter.
        fflush(nil)
    }
}

/// How many attacks there were, by chapter, and how many of them were refused as they should be.
struct Score {
    private var rows: [(chapter: String, refused: Int, all: Int)] = []

    var isGood: Bool { rows.allSatisfy { $0.refused == $0.all && $0.all > 0 } }

    mutating func add(_ chapter: String, refused: Int, of all: Int) { rows.append((chapter, refused, all)) }

    func show() {
        Demo.chapter("Summary", "What was tried, and refused with its code.")
        for row in rows { print(row.chapter.padding(toLength: 44) + "\(row.refused) of \(row.all)") }
        print()
        print(
            isGood
                ? "every attack was refused, with its code" : "NOT every attack was refused as it should be"
        )
        print()
    }
}
