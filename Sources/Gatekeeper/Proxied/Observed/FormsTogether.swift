// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// Forms of indexes that are loaded for one view: those of one subdir until they fit together.
///
/// One that changed ends the other's freshness, and that one's change the first one's again. Where a channel changes faster
/// than it is asked, they may still be of different moments in the end: then each is as it was shown last.
struct FormsTogether {
    typealias Loading = Result<ObservedLoaded?, any Error>
    /// How often each form is asked for at most. More would be for a channel that shows something else each time.
    static let maximumRounds = 3

    /// Shards come first: they are what is asked for once more where the whole index changed, and are the smaller ones.
    private let subdirs: [[any ObservedForm]]

    init(_ forms: [any ObservedForm]) {
        subdirs = Dictionary(grouping: forms, by: \.key.subdir).values.map { forms in
            forms.sorted { $0.key < $1.key }
        }
    }

    /// Loads them all, subdirs at a time.
    func load() async -> [ProxiedIndexKey: Loading] {
        await withTaskGroup(of: [ProxiedIndexKey: Loading].self) { group in
            for forms in subdirs { group.addTask { await Self.load(forms) } }
            return await group.reduce(into: [:]) { all, some in all.merge(some) { $1 } }
        }
    }

    private static func load(_ forms: [any ObservedForm]) async -> [ProxiedIndexKey: Loading] {
        var results: [ProxiedIndexKey: Loading] = [:]
        for _ in 0..<maximumRounds {
            var isSettled = true
            for form in forms where mustLoad(form, results[form.key]) {
                isSettled = false
                do { results[form.key] = .success(try await form.load()) } catch {
                    results[form.key] = .failure(error)
                }
            }
            if isSettled { break }
        }
        return results
    }

    /// What failed is not tried again, nor what the channel has not.
    private static func mustLoad(_ form: any ObservedForm, _ known: Loading?) -> Bool {
        switch known {
        case nil: true
        case .success(let found?): !form.isSettled(on: found.part.digest)
        case .success(nil), .failure: false
        }
    }
}
