-- AlterTable
ALTER TABLE "checks" ADD COLUMN     "removal_date" TIMESTAMPTZ(3),
ADD COLUMN     "told_until" TIMESTAMPTZ(3);
