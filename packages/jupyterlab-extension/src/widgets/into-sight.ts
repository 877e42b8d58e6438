/** Bringing into sight what appears where its place may be scrolled away. */
import { useEffect, useRef, type RefObject } from 'react'

/** For an element that scrolls into sight when it appears, and again when `content` is another one. */
export function useIntoSight<Shown extends Element>(content?: unknown): RefObject<Shown> {
  const place = useRef<Shown>(null)
  useEffect(() => {
    // Newer browsers answer a promise, which an effect must not return.
    place.current?.scrollIntoView({ block: 'nearest' })
  }, [content])
  return place
}
